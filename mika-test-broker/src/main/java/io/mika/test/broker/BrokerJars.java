package io.mika.test.broker;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/**
 * The class path of the child JVM. The broker's jars travel inside this module's; they are unpacked once per content,
 * to a folder that later runs find again.
 */
final class BrokerJars {
    private static final String FOLDER = "io/mika/test/broker/lib/";

    private BrokerJars() {}

    static String classPath() {
        Path own = ownLocation();
        Path folder = Files.isDirectory(own) ? own.resolve(FOLDER) : unpacked(own);
        try (Stream<Path> jars = Files.list(folder)) {
            String path = jars.sorted().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
            if (path.isEmpty()) {
                throw new IllegalStateException("no broker jars in " + folder);
            }
            return path + File.pathSeparator + own;
        } catch (IOException failed) {
            throw new UncheckedIOException("no broker jars in " + folder, failed);
        }
    }

    private static Path ownLocation() {
        try {
            return Path.of(BrokerJars.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Path unpacked(Path jar) {
        try (JarFile own = new JarFile(jar.toFile())) {
            List<? extends ZipEntry> entries = own.stream()
                    .filter(entry -> entry.getName().startsWith(FOLDER) && !entry.isDirectory())
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            Path folder = cache().resolve("broker-" + key(entries));
            if (!Files.isDirectory(folder)) {
                unpack(own, entries, folder);
            }
            return folder;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot unpack the broker's jars from " + jar, failed);
        }
    }

    /** Two JVMs may unpack at once: each into a folder of its own, and the first to rename it wins. */
    private static void unpack(JarFile own, List<? extends ZipEntry> entries, Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        Path partial = Files.createTempDirectory(folder.getParent(), "unpacking-");
        for (ZipEntry entry : entries) {
            try (InputStream content = own.getInputStream(entry)) {
                Files.copy(content, partial.resolve(entry.getName().substring(FOLDER.length())));
            }
        }
        try {
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException other) {
            Folders.delete(partial);
        }
    }

    private static String key(List<? extends ZipEntry> entries) {
        CRC32 sum = new CRC32();
        for (ZipEntry entry : entries) {
            sum.update((entry.getName() + entry.getSize() + entry.getCrc()).getBytes(StandardCharsets.UTF_8));
        }
        return Long.toHexString(sum.getValue());
    }

    private static Path cache() {
        Path home = Path.of(System.getProperty("user.home"), ".cache", "mika");
        try {
            Files.createDirectories(home);
            if (Files.isWritable(home)) {
                return home;
            }
        } catch (IOException unwritable) {
            // a home that cannot be written to: the temporary folder does as well, for as long as it lives
        }
        return Path.of(System.getProperty("java.io.tmpdir"), "mika-" + System.getProperty("user.name"));
    }
}
