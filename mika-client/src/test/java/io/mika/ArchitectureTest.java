package io.mika;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    private static final JavaClasses LIBRARY = library();

    /** The classes of this module alone, of all that the tests have on their class path. */
    static JavaClasses library() {
        return new ClassFileImporter()
                .importUrl(
                        KafkaClient.class.getProtectionDomain().getCodeSource().getLocation());
    }

    @ParameterizedTest
    @CsvSource({
        "engine,   failure event consumer record error env",
        "failure,  event consumer record error env",
        "event,    consumer record error",
        "consumer, record error",
        "record,   error",
        "error,    ''",
        "env,      error",
    })
    void importsPointOneWay(String from, String to) {
        String[] allowed = Stream.of((from + " " + to).trim().split(" "))
                .map(name -> "io.mika." + name)
                .toArray(String[]::new);

        classes()
                .that()
                .resideInAPackage("io.mika." + from)
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(resideInAPackage("io.mika..")).or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true)
                .check(LIBRARY);
    }

    @Test
    void noPackagesDependOnEachOther() {
        slices().matching("io.(mika..)").should().beFreeOfCycles().check(LIBRARY);
    }

    @Test
    void oneClassOfTheEngineCallsKafkasConsumer() {
        noClasses()
                .that(resideInAPackage("io.mika.engine").and(DescribedPredicate.not(simpleName("KafkaPoller"))))
                .should()
                .callMethodWhere(describe(
                        "is a method of Kafka's Consumer",
                        (JavaCall<?> call) -> call.getTargetOwner().isAssignableTo(Consumer.class)))
                .check(LIBRARY);
    }

    @Test
    void oneClassOfTheFailurePathCallsKafkasConsumer() {
        noClasses()
                .that(resideInAPackage("io.mika.failure").and(DescribedPredicate.not(simpleName("AssignedReader"))))
                .should()
                .callMethodWhere(describe(
                        "is a method of Kafka's Consumer",
                        (JavaCall<?> call) -> call.getTargetOwner().isAssignableTo(Consumer.class)))
                .check(LIBRARY);
    }

    @Test
    void theLibraryDependsOnKafkaAndSlf4jOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.mika..", "java..", "org.apache.kafka..", "org.slf4j..", "org.jspecify..")
                .check(LIBRARY);
    }

    @Test
    void exceptionsOfTheLibraryAreMikaExceptions() {
        DescribedPredicate<JavaClass> exceptions = assignableTo(Exception.class);

        classes()
                .that()
                .resideInAPackage("io.mika.error")
                .and(exceptions)
                .should()
                .beAssignableTo("io.mika.error.MikaException")
                .check(LIBRARY);
    }
}
