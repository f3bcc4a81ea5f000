package io.mika;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What users may call, member by member: one that goes, comes or changes does so on purpose, in {@code api.txt}. */
class PublicMembersTest {
    @Test
    void theMembersOfThePublicTypesAreThese() throws IOException {
        List<String> members = PublicTypesTest.api()
                .flatMap(type -> members(loaded(type)))
                .sorted()
                .toList();
        try (InputStream known = PublicMembersTest.class.getResourceAsStream("/api.txt")) {
            assertThat(members)
                    .as("the public members; if the change is meant, put it into api.txt and the CHANGELOG")
                    .containsExactlyElementsOf(
                            new String(Objects.requireNonNull(known).readAllBytes(), StandardCharsets.UTF_8)
                                    .lines()
                                    .toList());
        }
    }

    private static Class<?> loaded(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    private static Stream<String> members(Class<?> type) {
        Stream<String> fields = Arrays.stream(type.getDeclaredFields())
                .filter(field -> isPublic(field.getModifiers(), field.isSynthetic()))
                .map(PublicMembersTest::field);
        Stream<String> made = Arrays.stream(type.getDeclaredConstructors())
                .filter(each -> isPublic(each.getModifiers(), each.isSynthetic()))
                .map(PublicMembersTest::constructor);
        Stream<String> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(each -> isPublic(each.getModifiers(), each.isSynthetic()))
                .map(PublicMembersTest::method);
        return Stream.of(fields, made, methods).flatMap(each -> each).map(member -> name(type) + " " + member);
    }

    private static boolean isPublic(int modifiers, boolean synthetic) {
        return !synthetic && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
    }

    private static String field(Field field) {
        return field.getName() + ": " + name(field.getGenericType());
    }

    private static String constructor(Constructor<?> constructor) {
        return "new" + parameters(constructor);
    }

    private static String method(Method method) {
        return (Modifier.isStatic(method.getModifiers()) ? "static " : "")
                + (method.isDefault() ? "default " : "")
                + method.getName() + parameters(method) + ": " + name(method.getGenericReturnType());
    }

    private static String parameters(Executable of) {
        return Arrays.stream(of.getGenericParameterTypes())
                .map(PublicMembersTest::name)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** Without packages, which the imports of a reader would say. */
    private static String name(Type type) {
        return type.getTypeName().replaceAll("[a-z0-9]+\\.", "").replace('$', '.');
    }
}
