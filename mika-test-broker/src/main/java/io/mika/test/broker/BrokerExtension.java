package io.mika.test.broker;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Behind {@link WithBroker}: one broker for the test run, one fixture for each test. */
final class BrokerExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);

    BrokerExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == KafkaFixture.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestBroker broker = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(TestBroker.class, key -> TestBroker.builder().start(), TestBroker.class);
        return context.getStore(NAMESPACE)
                .computeIfAbsent(KafkaFixture.class, key -> new KafkaFixture(broker), KafkaFixture.class);
    }
}
