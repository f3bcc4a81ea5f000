package io.mika.env;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encrypted connections: whom the client trusts, and the certificate that it shows, if any. Files are PEM; they are read
 * once, when the settings are. <i>Immutable.</i>
 */
public final class Tls {
    private static final Tls SYSTEM = new Tls(null, null, null);

    private final @Nullable Path caFile;
    private final @Nullable Path certFile;
    private final @Nullable Path keyFile;

    private Tls(@Nullable Path caFile, @Nullable Path certFile, @Nullable Path keyFile) {
        this.caFile = caFile;
        this.certFile = certFile;
        this.keyFile = keyFile;
    }

    /**
     * TLS that trusts whom the Java runtime trusts: right for Confluent Cloud and whoever has a certificate of a public
     * authority.
     *
     * @return the settings
     */
    public static Tls system() {
        return SYSTEM;
    }

    /**
     * TLS that trusts these authorities alone.
     *
     * @param caFile their certificates, PEM
     * @return the settings
     */
    public static Tls pem(Path caFile) {
        return new Tls(requireNonNull(caFile, "caFile"), null, null);
    }

    /**
     * The same with a certificate that the client shows to the brokers (mTLS).
     *
     * @param certFile the certificate, and those between it and its authority, PEM
     * @param keyFile its private key, PEM as in PKCS #8; not encrypted, or with its password in {@code
     *     property("ssl.key.password", ...)} on the builder
     * @return new settings; these stay as they are
     */
    public Tls clientCertificate(Path certFile, Path keyFile) {
        return new Tls(caFile, requireNonNull(certFile, "certFile"), requireNonNull(keyFile, "keyFile"));
    }

    /**
     * The certificates of the trusted authorities.
     *
     * @return a PEM file; empty when the Java runtime decides whom to trust
     */
    public Optional<Path> caFile() {
        return Optional.ofNullable(caFile);
    }

    /**
     * The client's certificate.
     *
     * @return a PEM file; empty when the client shows none
     */
    public Optional<Path> certFile() {
        return Optional.ofNullable(certFile);
    }

    /**
     * The private key of the client's certificate.
     *
     * @return a PEM file; empty when the client shows no certificate
     */
    public Optional<Path> keyFile() {
        return Optional.ofNullable(keyFile);
    }

    /** Paths only, nothing that is in the files. */
    @Override
    public String toString() {
        return "trusting " + (caFile == null ? "the system's authorities" : caFile)
                + (certFile == null ? "" : ", showing " + certFile + " with key " + keyFile);
    }
}
