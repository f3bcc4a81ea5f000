package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final List<String> events = new ArrayList<>();
    private final Mailbox mailbox = new Mailbox(new EngineParts.Signal() {
        @Override
        public void raise() {
            events.add("raised");
        }

        @Override
        public void await(long nanos) {
            events.add("waited " + nanos);
        }
    });

    @Test
    void commandsRunInOrderWhenTheyAreTaken() {
        mailbox.send(() -> events.add("one"));
        mailbox.send(() -> events.add("two"));
        assertThat(events).containsExactly("raised", "raised");
        mailbox.takeAll();

        assertThat(events).containsExactly("raised", "raised", "one", "two");
    }

    @Test
    void aCommandRunsOnce() {
        mailbox.send(() -> events.add("one"));
        mailbox.takeAll();
        mailbox.takeAll();

        assertThat(events).containsOnlyOnce("one");
    }

    @Test
    void aCommandThatSendsAnotherLeavesThePollThreadNothingToWaitFor() {
        mailbox.send(() -> mailbox.send(() -> events.add("inner")));
        mailbox.takeAll();

        assertThat(events).contains("inner");
        assertThat(mailbox.isPending()).isTrue();
    }

    @Test
    void aSignalThatComesWhileCommandsRunIsKept() {
        mailbox.send(mailbox::signal);
        mailbox.takeAll();
        mailbox.await(1);

        assertThat(mailbox.isPending()).isTrue();
        assertThat(events).noneMatch(event -> event.startsWith("waited"));
    }

    @Test
    void aSignalThatWasTakenIsWaitedForAgain() {
        mailbox.signal();
        mailbox.takeAll();
        mailbox.await(5);

        assertThat(mailbox.isPending()).isFalse();
        assertThat(events).containsExactly("raised", "waited 5");
    }

    @Test
    void withoutTimeNobodyWaits() {
        mailbox.await(0);
        mailbox.await(-1);

        assertThat(events).isEmpty();
    }

    @Test
    void aSignalWakesThePollUnderWay() {
        ConsumerProbe kafka = new ConsumerProbe();
        KafkaPoller poller = kafka.poller();
        mailbox.wakes(poller);
        mailbox.signal();
        assertThat(kafka.wakeups).hasValue(0);

        kafka.duringPoll = () -> {
            mailbox.signal();
            mailbox.send(() -> {});
        };
        var unused = poller.poll(Duration.ofSeconds(1), () -> false);
        assertThat(kafka.wakeups).hasValue(1);
    }

    @Test
    void aSignalThatCameBeforeThePollIsFoundByIt() {
        ConsumerProbe kafka = new ConsumerProbe();
        mailbox.signal();
        var unused = kafka.poller().poll(Duration.ofSeconds(1), mailbox::isPending);

        assertThat(kafka.pollTimeouts).containsExactly(Duration.ZERO);
    }
}
