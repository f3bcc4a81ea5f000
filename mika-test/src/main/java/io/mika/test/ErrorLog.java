package io.mika.test;

import io.mika.error.UnroutableFailureException;
import io.mika.event.ClientListener;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a client reports as wrong. <i>For one thread.</i> */
final class ErrorLog implements ClientListener {
    private final List<Throwable> errors = new ArrayList<>();

    List<Throwable> all() {
        return List.copyOf(errors);
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
    }

    @Override
    public void onUnroutable(UnroutableFailureException failure) {
        errors.add(failure);
    }
}
