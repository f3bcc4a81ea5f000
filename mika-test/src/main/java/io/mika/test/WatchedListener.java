package io.mika.test;

import io.mika.event.ClientListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** A listener whose exceptions are the test's. By reflection, so that no callback of a later version is forgotten. */
final class WatchedListener {
    private WatchedListener() {}

    static ClientListener of(ClientListener listener, Consumer<Throwable> thrown) {
        return (ClientListener) Proxy.newProxyInstance(
                ClientListener.class.getClassLoader(),
                new Class<?>[] {ClientListener.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(listener, arguments);
                    } catch (InvocationTargetException failed) {
                        thrown.accept(failed.getCause());
                        throw failed.getCause();
                    }
                });
    }
}
