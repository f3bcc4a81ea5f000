package io.mika.env;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * What the files of {@link Tls} hold. Kafka takes a key and its certificate as one file or as two texts; ours are two
 * files, hence texts. <i>Immutable.</i>
 */
final class TlsMaterial {
    /** What a problem calls the three files. */
    record Labels(String ca, String cert, String key) {
        static final Labels ENVIRONMENT = new Labels(
                Variable.KAFKA_TLS_CA_FILE.name(),
                Variable.KAFKA_TLS_CERT_FILE.name(),
                Variable.KAFKA_TLS_KEY_FILE.name());
        static final Labels BUILDER = new Labels("tls: CA file", "tls: certificate file", "tls: key file");
    }

    private final @Nullable String ca;
    private final @Nullable String certificates;
    private final @Nullable String key;

    private TlsMaterial(@Nullable String ca, @Nullable String certificates, @Nullable String key) {
        this.ca = ca;
        this.certificates = certificates;
        this.key = key;
    }

    /** Reads all files, and goes on after one that is wrong, so that all problems are found. */
    static TlsMaterial read(Tls tls, Labels labels, List<String> problems) {
        PemFiles files = new PemFiles(problems);
        Optional<String> ca = tls.caFile().map(file -> files.certificates(labels.ca, file));
        Optional<String> certificates = tls.certFile().map(file -> files.certificates(labels.cert, file));
        Optional<String> key = tls.keyFile().map(file -> files.privateKey(labels.key, file));
        return new TlsMaterial(ca.orElse(null), certificates.orElse(null), key.orElse(null));
    }

    void addTo(Map<String, Object> properties) {
        if (ca != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, new Password(ca));
        }
        if (certificates != null && key != null) {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, new Password(certificates));
            properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, new Password(key));
        }
    }

    /** Says what is there, and nothing of it. */
    @Override
    public String toString() {
        return "TlsMaterial[ca=" + (ca != null) + ", certificates=" + (certificates != null) + ", key=" + (key != null)
                + "]";
    }
}
