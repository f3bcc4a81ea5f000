package io.mika.simulation.mutants;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles the patched sources of a mutant, in memory, against the class path that this JVM runs on. */
final class MutantCompiler {
    /** Where the build has put the library's sources. */
    private static final String SOURCES = "/mika-client-sources/";

    private MutantCompiler() {}

    /** The classes of the files that the mutant patches, by name. */
    static Map<String, byte[]> compile(Mutant mutant) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException(
                    "mutants are compiled, which takes a JDK; " + System.getProperty("java.home") + " has no compiler");
        }
        DiagnosticCollector<JavaFileObject> complaints = new DiagnosticCollector<>();
        Classes classes = new Classes(compiler.getStandardFileManager(complaints, null, null));
        List<Source> sources = mutant.patch().stream()
                .map(file -> new Source(file.file(), patched(mutant, file)))
                .toList();
        List<String> options =
                List.of("-proc:none", "-nowarn", "-parameters", "-cp", System.getProperty("java.class.path"));
        if (!compiler.getTask(null, classes, complaints, options, null, sources).call()) {
            throw new IllegalStateException("mutant " + mutant.name() + " does not compile any more: "
                    + complaints.getDiagnostics().stream().map(Object::toString).collect(Collectors.joining("\n")));
        }
        return classes.compiled();
    }

    private static String patched(Mutant mutant, FilePatch file) {
        return file.apply(mutant.name(), Mutants.read(MutantCompiler.class, SOURCES + file.file()));
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String file, String text) {
            super(URI.create("mutant:///" + file), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class ClassFile extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ClassFile(String name) {
            super(URI.create("mutant:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ClassFile> files = new HashMap<>();

        Classes(StandardJavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
            return files.computeIfAbsent(className, ClassFile::new);
        }

        Map<String, byte[]> compiled() {
            return files.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, file -> file.getValue().bytes.toByteArray()));
        }
    }
}
