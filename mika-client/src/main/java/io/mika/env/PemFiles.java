package io.mika.env;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM files and says what is wrong with them by name, for Kafka itself would say it without one, and late. What
 * is in a file never comes into a problem.
 */
final class PemFiles {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*?) ?PRIVATE KEY-----([^-]*)-----END [A-Z0-9 ]*?PRIVATE KEY-----");
    /** The kinds that Kafka's own reader of PEM tries, too. */
    private static final List<String> KINDS = List.of("RSA", "EC", "DSA");

    private final List<String> problems;

    PemFiles(List<String> problems) {
        this.problems = problems;
    }

    /** The file's text, or null and a problem. */
    @Nullable String certificates(String label, Path file) {
        String text = read(label, file);
        return text == null ? null : keepIf(text, certificateProblem(text), label, file);
    }

    /** The file's text, or null and a problem. */
    @Nullable String privateKey(String label, Path file) {
        String text = read(label, file);
        return text == null ? null : keepIf(text, keyProblem(text, file), label, file);
    }

    private @Nullable String keepIf(String text, @Nullable String problem, String label, Path file) {
        if (problem == null) {
            return text;
        }
        problems.add(label + ": " + file + " " + problem);
        return null;
    }

    private @Nullable String read(String label, Path file) {
        String problem;
        try {
            // PEM is ASCII, but for comments, which may be in any encoding.
            return Files.readString(file, ISO_8859_1);
        } catch (NoSuchFileException e) {
            problem = "does not exist";
        } catch (AccessDeniedException e) {
            problem = "may not be read by this user";
        } catch (IOException e) {
            problem = "cannot be read: " + e.getMessage();
        }
        problems.add(label + ": " + file + " " + problem);
        return null;
    }

    /** Reads one after the other, for Java's own reader of several stumbles over a key among them. */
    private static @Nullable String certificateProblem(String text) {
        List<String> certificates =
                CERTIFICATE.matcher(text).results().map(MatchResult::group).toList();
        if (certificates.isEmpty()) {
            return "holds no certificate in PEM";
        }
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (String certificate : certificates) {
                factory.generateCertificate(new ByteArrayInputStream(certificate.getBytes(ISO_8859_1)));
            }
            return null;
        } catch (CertificateException e) {
            return "holds a certificate that cannot be read: " + e.getMessage();
        }
    }

    private static @Nullable String keyProblem(String text, Path file) {
        Matcher key = KEY.matcher(text);
        if (!key.find()) {
            return "holds no private key in PEM";
        }
        return switch (key.group(1)) {
            case "ENCRYPTED" -> null; // only Kafka will have the password
            case "" -> isKnownKey(key.group(2)) ? null : "holds a private key that is broken, or not RSA, EC or DSA";
            default ->
                "holds a private key of the form \"" + key.group(1) + " PRIVATE KEY\", and Kafka takes PKCS #8"
                        + " alone: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out <new file>";
        };
    }

    private static boolean isKnownKey(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            return false;
        }
        return KINDS.stream().anyMatch(kind -> isKey(kind, bytes));
    }

    private static boolean isKey(String kind, byte[] bytes) {
        try {
            KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            return true;
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}
