package io.mika.engine;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How topics and group are set up, as far as this client may know. Internal; no API. <i>Immutable.</i>
 *
 * @param topics by name, each that was asked for
 * @param createsTopics whether the brokers create topics that are written to; empty if it may not know
 * @param mayNotJoin the group is refused to this client
 */
public record Setup(Map<String, Topic> topics, Optional<Boolean> createsTopics, boolean mayNotJoin) {
    /** Whether a topic is there. */
    public enum Presence {
        /** It exists. */
        THERE,
        /** It does not exist. */
        MISSING,
        /** It is refused to this client, whether it exists or not. */
        REFUSED
    }

    /**
     * A topic.
     *
     * @param presence whether it is there
     * @param replicas of the partition that has the fewest; 0 if it is not there
     * @param allowed what this client may do; empty if that is not known
     * @param settings Kafka's names and their values; empty if it may not know them
     */
    public record Topic(
            Presence presence, int replicas, Optional<Set<AclOperation>> allowed, Map<String, String> settings) {
        /** A topic that is not there, or not for this client. */
        public static Topic absent(Presence presence) {
            return new Topic(presence, 0, Optional.empty(), Map.of());
        }

        boolean refuses(AclOperation operation) {
            return presence == Presence.REFUSED
                    || allowed.map(all -> !all.contains(operation)).orElse(false);
        }

        boolean isMissing() {
            return presence == Presence.MISSING;
        }

        boolean isHidden() {
            return presence == Presence.THERE && settings.isEmpty();
        }

        OptionalLong number(String setting) {
            String value = settings.get(setting);
            return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
        }

        /** How long it keeps records, in milliseconds; empty for ever, or if that is not known. */
        OptionalLong deletesAfter() {
            OptionalLong retention = number(TopicConfig.RETENTION_MS_CONFIG);
            boolean deletes = has(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
            return deletes && retention.orElse(-1) >= 0 ? retention : OptionalLong.empty();
        }

        boolean has(String setting, String word) {
            return settings.getOrDefault(setting, "").contains(word);
        }
    }
}
