package io.mika;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In JVMs of their own, for they have to end. */
@Timeout(60)
class ShutdownHookTest {
    @Test
    void anInstalledHookRunsWhenTheJvmEnds() throws Exception {
        assertThat(outputOf("installed")).isEqualTo("closed");
    }

    @Test
    void aRemovedHookDoesNotRun() throws Exception {
        assertThat(outputOf("removed")).isEmpty();
    }

    @Test
    void removingInsideTheHookIsNoError() throws Exception {
        assertThat(outputOf("removes itself")).isEqualTo("closed");
    }

    private static String outputOf(String mode) throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ending.class.getName(),
                        mode)
                .redirectErrorStream(true)
                .start();
        String output = new String(jvm.getInputStream().readAllBytes(), UTF_8);
        assertThat(jvm.waitFor()).isZero();
        return output.strip();
    }

    /** The JVM that ends. */
    static final class Ending {
        private static ShutdownHook hook = new ShutdownHook("closes", () -> System.out.println("closed"));

        private Ending() {}

        public static void main(String[] arguments) {
            if (arguments[0].equals("removes itself")) {
                hook = new ShutdownHook("closes", Ending::removeAndClose);
            }
            hook.install();
            if (arguments[0].equals("removed")) {
                hook.remove();
            }
        }

        private static void removeAndClose() {
            hook.remove();
            System.out.println("closed");
        }
    }
}
