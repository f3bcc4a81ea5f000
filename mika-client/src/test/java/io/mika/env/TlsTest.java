package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    private static Path folder;

    private static PemFixture pem;
    private static Path cert;
    private static Path key;

    @BeforeAll
    static void makeFiles() throws Exception {
        pem = PemFixture.in(folder);
        cert = pem.certificate();
        key = pem.key();
    }

    @Test
    void systemTrustNeedsNoStore() {
        Map<String, Object> properties =
                Env.of("KAFKA_TLS_ENABLED", "true").settings().adminProperties();

        assertThat(properties).containsEntry("security.protocol", "SSL");
        assertThat(properties.keySet()).noneMatch(name -> name.startsWith("ssl."));
    }

    @Test
    void kafkaTakesTheFiles() throws Exception {
        KafkaSettings settings = Env.of(
                        "KAFKA_BROKERS", "localhost:1",
                        "KAFKA_TLS_ENABLED", "true",
                        "KAFKA_TLS_CA_FILE", cert.toString(),
                        "KAFKA_TLS_CERT_FILE", cert.toString(),
                        "KAFKA_TLS_KEY_FILE", key.toString())
                .settings();

        assertThat(settings.adminProperties())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.truststore.certificates", new Password(Files.readString(cert)))
                .containsEntry("ssl.keystore.type", "PEM")
                .containsEntry("ssl.keystore.certificate.chain", new Password(Files.readString(cert)))
                .containsEntry("ssl.keystore.key", new Password(Files.readString(key)));
        Admin.create(settings.adminProperties()).close(Duration.ZERO); // throws if it cannot read them
    }

    @Test
    void oneFileMayHoldCertificateAndKey() throws Exception {
        Path both = pem.write("both.pem", "# größer\n" + Files.readString(key) + Files.readString(cert));
        KafkaSettings settings = Env.of(
                        "KAFKA_BROKERS",
                        "localhost:1",
                        "KAFKA_TLS_ENABLED",
                        "true",
                        "KAFKA_TLS_CERT_FILE",
                        both.toString(),
                        "KAFKA_TLS_KEY_FILE",
                        both.toString())
                .settings();

        Admin.create(settings.adminProperties()).close(Duration.ZERO);
    }

    @Test
    void nothingOfTheKeyIsInAnyText() throws Exception {
        KafkaSettings settings = Env.of(
                        "KAFKA_BROKERS",
                        "localhost:1",
                        "KAFKA_TLS_ENABLED",
                        "true",
                        "KAFKA_TLS_CERT_FILE",
                        cert.toString(),
                        "KAFKA_TLS_KEY_FILE",
                        key.toString())
                .settings();
        String secret = Files.readString(key).lines().skip(1).findFirst().orElseThrow();

        assertThat(settings.toString())
                .contains(cert.toString(), key.toString())
                .doesNotContain(secret);
        assertThat(settings.adminProperties().toString()).doesNotContain(secret);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThat(Env.of(
                                "KAFKA_TLS_ENABLED", "1",
                                "KAFKA_TLS_CA_FILE", "/nowhere/ca.pem",
                                "KAFKA_TLS_CERT_FILE", "/nowhere/cert.pem",
                                "KAFKA_TLS_KEY_FILE", "/nowhere/key.pem")
                        .problems())
                .containsExactly(
                        "KAFKA_TLS_CA_FILE: /nowhere/ca.pem does not exist",
                        "KAFKA_TLS_CERT_FILE: /nowhere/cert.pem does not exist",
                        "KAFKA_TLS_KEY_FILE: /nowhere/key.pem does not exist");
    }

    @Test
    void aFolderIsNoFile() {
        assertThat(Env.of("KAFKA_TLS_ENABLED", "1", "KAFKA_TLS_CA_FILE", folder.toString())
                        .problems())
                .singleElement()
                .asString()
                .startsWith("KAFKA_TLS_CA_FILE: " + folder + " cannot be read");
    }

    @Test
    void whatIsNoPathIsNamed() {
        assertThat(Env.of("KAFKA_TLS_ENABLED", "1", "KAFKA_TLS_CA_FILE", "a\0b").problems())
                .singleElement()
                .asString()
                .startsWith("KAFKA_TLS_CA_FILE: ")
                .contains("is not a path");
    }

    @Test
    void aFileOfAnotherKindIsNamed() throws Exception {
        Path swapped = pem.write("swapped.pem", Files.readString(key));

        assertThat(Env.of(
                                "KAFKA_TLS_ENABLED", "true",
                                "KAFKA_TLS_CERT_FILE", swapped.toString(),
                                "KAFKA_TLS_KEY_FILE", cert.toString())
                        .problems())
                .containsExactly(
                        "KAFKA_TLS_CERT_FILE: " + swapped + " holds no certificate in PEM",
                        "KAFKA_TLS_KEY_FILE: " + cert + " holds no private key in PEM");
    }

    @Test
    void aBrokenCertificateIsNamed() throws Exception {
        Path broken = pem.write("broken-cert.pem", PemFixture.pem("CERTIFICATE", new byte[] {1, 2, 3}));

        assertThat(Env.of("KAFKA_TLS_ENABLED", "true", "KAFKA_TLS_CA_FILE", broken.toString())
                        .problems())
                .singleElement()
                .asString()
                .startsWith("KAFKA_TLS_CA_FILE: " + broken + " holds a certificate that cannot be read: ");
    }

    @Test
    void aBrokenKeyIsNamedAndNotShown() throws Exception {
        Path broken = pem.write("broken-key.pem", PemFixture.pem("PRIVATE KEY", new byte[] {1, 2, 3}));

        assertThat(keyProblem(broken))
                .isEqualTo(
                        "KAFKA_TLS_KEY_FILE: " + broken + " holds a private key that is broken, or not RSA, EC or DSA");
    }

    @Test
    void aKeyThatKafkaCannotReadComesWithTheCommandThatConvertsIt() throws Exception {
        Path rsa = pem.write("rsa.pem", PemFixture.pem("RSA PRIVATE KEY", new byte[] {1, 2, 3}));

        assertThat(keyProblem(rsa))
                .isEqualTo("KAFKA_TLS_KEY_FILE: " + rsa + " holds a private key of the form \"RSA PRIVATE KEY\", and"
                        + " Kafka takes PKCS #8 alone: openssl pkcs8 -topk8 -nocrypt -in " + rsa + " -out <new file>");
    }

    @Test
    void anEncryptedKeyIsLeftToKafkaWhichGetsThePassword() throws Exception {
        Path encrypted = pem.write("encrypted.pem", PemFixture.pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));

        assertThat(Env.of(
                                "KAFKA_TLS_ENABLED", "true",
                                "KAFKA_TLS_CERT_FILE", cert.toString(),
                                "KAFKA_TLS_KEY_FILE", encrypted.toString())
                        .problems())
                .isEmpty();
    }

    @Test
    void theBuildersFilesAreNamedAsTheBuilders() {
        Tls tls = Tls.pem(Path.of("/nowhere/ca.pem"))
                .clientCertificate(Path.of("/nowhere/cert.pem"), Path.of("/nowhere/key.pem"));

        assertThat(Env.of().problems(SettingsOverrides.none().withTls(tls)))
                .containsExactly(
                        "tls: CA file: /nowhere/ca.pem does not exist",
                        "tls: certificate file: /nowhere/cert.pem does not exist",
                        "tls: key file: /nowhere/key.pem does not exist");
    }

    @Test
    void tlsSaysWhichFilesItUses() {
        Tls tls = Tls.system().clientCertificate(Path.of("cert.pem"), Path.of("key.pem"));

        assertThat(Tls.system()).hasToString("trusting the system's authorities");
        assertThat(Tls.pem(Path.of("ca.pem"))).hasToString("trusting ca.pem");
        assertThat(tls).hasToString("trusting the system's authorities, showing cert.pem with key key.pem");
        assertThat(tls.caFile()).isEmpty();
        assertThat(tls.certFile()).contains(Path.of("cert.pem"));
        assertThat(tls.keyFile()).contains(Path.of("key.pem"));
    }

    private static String keyProblem(Path file) {
        return Env.of(
                        "KAFKA_TLS_ENABLED", "true",
                        "KAFKA_TLS_CERT_FILE", cert.toString(),
                        "KAFKA_TLS_KEY_FILE", file.toString())
                .problems()
                .get(0);
    }
}
