package io.mika.engine;

import static io.mika.engine.ErrorKind.FATAL;
import static io.mika.engine.ErrorKind.REBALANCING;
import static io.mika.engine.ErrorKind.REFUSED;
import static io.mika.engine.ErrorKind.RETRY;
import static io.mika.engine.ErrorKind.TEXT_TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ConcurrentModificationException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.BrokerNotAvailableException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.UnsupportedAssignorException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorKindTest {
    static Stream<Arguments> meanings() {
        return Stream.of(
                // of one commit or one member's place in the group: the next round is another one
                arguments(new CommitFailedException("kicked"), RETRY),
                arguments(new RetriableCommitFailedException("again"), RETRY),
                arguments(new RebalanceInProgressException("wait"), REBALANCING),
                arguments(new IllegalGenerationException("old"), RETRY),
                arguments(new UnknownMemberIdException("who"), RETRY),
                arguments(new FencedMemberEpochException("old"), RETRY),
                arguments(new StaleMemberEpochException("old"), RETRY),
                arguments(new GroupMaxSizeReachedException("full"), RETRY),
                arguments(new UnreleasedInstanceIdException("still there"), RETRY),
                // of the moment
                arguments(new TimeoutException("slow"), RETRY),
                arguments(new java.util.concurrent.TimeoutException("slow"), RETRY),
                arguments(new DisconnectException("gone"), RETRY),
                arguments(new NetworkException("gone"), RETRY),
                arguments(new BrokerNotAvailableException("gone"), RETRY),
                arguments(new CoordinatorNotAvailableException("none"), RETRY),
                arguments(new CoordinatorLoadInProgressException("loading"), RETRY),
                arguments(new NotCoordinatorException("moved"), RETRY),
                arguments(new NotLeaderOrFollowerException("moved"), RETRY),
                arguments(new LeaderNotAvailableException("none"), RETRY),
                arguments(new UnknownTopicOrPartitionException("not yet"), RETRY),
                arguments(new UnknownServerException("bad day"), RETRY),
                arguments(new WakeupException(), RETRY),
                arguments(new OffsetOutOfRangeException(Map.of()), RETRY),
                arguments(new LogTruncationException("moved back", Map.of(), Map.of()), RETRY),
                arguments(new KafkaException("a corrupt record"), RETRY),
                // somebody may be mending it
                arguments(new TopicAuthorizationException(Set.of("orders")), REFUSED),
                arguments(GroupAuthorizationException.forGroupId("billing"), REFUSED),
                arguments(new SaslAuthenticationException("wrong password"), REFUSED),
                arguments(new SslAuthenticationException("no trust"), REFUSED),
                arguments(new UnsupportedSaslMechanismException("PLAIN"), REFUSED),
                // the text, not the commit
                arguments(new OffsetMetadataTooLarge("4096"), TEXT_TOO_LARGE),
                // nothing mends this
                arguments(new FencedInstanceIdException("another one"), FATAL),
                arguments(new UnsupportedVersionException("old broker"), FATAL),
                arguments(new UnsupportedAssignorException("none"), FATAL),
                arguments(new InconsistentGroupProtocolException("other assignor"), FATAL),
                arguments(new InvalidGroupIdException("empty"), FATAL),
                arguments(new InvalidTopicException("a b"), FATAL),
                arguments(new ConfigException("bad"), FATAL),
                arguments(new IllegalStateException("not subscribed"), FATAL),
                arguments(new IllegalArgumentException("negative"), FATAL),
                arguments(new ConcurrentModificationException("two threads"), FATAL),
                arguments(new NullPointerException(), FATAL),
                arguments(new OutOfMemoryError("heap"), FATAL));
    }

    @ParameterizedTest
    @MethodSource("meanings")
    void anErrorMeans(Throwable error, ErrorKind kind) {
        assertThat(ErrorKind.of(error)).isEqualTo(kind);
    }

    @ParameterizedTest
    @MethodSource("meanings")
    void anErrorMeansTheSameInItsWrapping(Throwable error, ErrorKind kind) {
        assertThat(ErrorKind.of(new CompletionException(new ExecutionException(error))))
                .isEqualTo(kind);
    }

    @Test
    void anInterruptIsFatal() {
        assertThat(ErrorKind.of(new InterruptException("stop"))).isEqualTo(FATAL);
        assertThat(Thread.interrupted()).as("as Kafka's exception leaves it").isTrue();
    }

    @Test
    void aWrappingWithoutACauseIsAProgrammingError() {
        assertThat(ErrorKind.of(new CompletionException("why", null))).isEqualTo(FATAL);
    }
}
