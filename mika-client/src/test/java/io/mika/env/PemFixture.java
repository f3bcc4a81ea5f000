package io.mika.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A certificate that signs itself, and its key, made anew for each run so that no key lies in the repository. */
final class PemFixture {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final KeyStore store;

    private PemFixture(Path folder, KeyStore store) {
        this.folder = folder;
        this.store = store;
    }

    static PemFixture in(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=test",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool made no key");
        }
        return new PemFixture(folder, KeyStore.getInstance(file.toFile(), PASSWORD));
    }

    Path certificate() throws IOException, GeneralSecurityException {
        return write("cert.pem", pem("CERTIFICATE", store.getCertificate("a").getEncoded()));
    }

    Path key() throws IOException, GeneralSecurityException {
        return write("key.pem", pem("PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded()));
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
    }
}
