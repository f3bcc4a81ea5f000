package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class KafkaPollerTest {
    private static final Duration LONG = Duration.ofSeconds(1);

    private final ConsumerProbe kafka = new ConsumerProbe();
    private final KafkaPoller poller = kafka.poller();

    private void poll() {
        var unused = poller.poll(LONG, () -> false);
    }

    @Test
    void nobodyIsWokenOutsideAPoll() {
        poller.wake();
        poll();
        poller.wake();

        assertThat(kafka.wakeups).hasValue(0);
    }

    @Test
    void aPollIsWokenOnce() {
        kafka.duringPoll = () -> {
            poller.wake();
            poller.wake();
        };
        poll();

        assertThat(kafka.wakeups).hasValue(1);
    }

    @Test
    void everyPollCanBeWoken() {
        kafka.duringPoll = poller::wake;
        poll();
        poll();

        assertThat(kafka.wakeups).hasValue(2);
    }

    @Test
    void aPollThatIsWokenIsMadeAgainWithoutWaiting() {
        kafka.strayWakeup();

        assertThat(poller.poll(LONG, () -> false).isEmpty()).isTrue();
        assertThat(kafka.pollTimeouts).containsExactly(LONG, Duration.ZERO);
    }

    @Test
    void aPollThatFailsIsLeftToo() {
        kafka.troubles.add(new TimeoutException("slow"));

        assertThatThrownBy(this::poll).isInstanceOf(TimeoutException.class);
        poller.wake();
        assertThat(kafka.wakeups).hasValue(0);
    }

    @Test
    void aPollDoesNotWaitWhileThereIsWork() {
        var unused = poller.poll(LONG, () -> true);
        poll();

        assertThat(kafka.pollTimeouts).containsExactly(Duration.ZERO, LONG);
    }

    @Test
    void workIsLookedForAfterThePollWasAnnounced() {
        var unused = poller.poll(LONG, () -> {
            poller.wake();
            return false;
        });

        assertThat(kafka.wakeups).hasValue(1);
    }

    @Test
    void nobodyIsWokenInACallback() {
        List<Integer> wakeupsInCallbacks = new ArrayList<>();
        poller.subscribe(List.of("orders"), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                look();
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                look();
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                look();
            }

            private void look() {
                poller.wake();
                wakeupsInCallbacks.add(kafka.wakeups.get());
            }
        });
        kafka.duringPoll = () -> {
            kafka.listener().onPartitionsRevoked(List.of());
            kafka.listener().onPartitionsLost(List.of());
            kafka.listener().onPartitionsAssigned(List.of());
        };
        poll();

        assertThat(wakeupsInCallbacks).containsExactly(0, 0, 0);
    }

    @Test
    void aPollCanBeWokenAfterACallback() {
        poller.subscribe(List.of("orders"), new NoListener());
        kafka.duringPoll = () -> {
            kafka.listener().onPartitionsAssigned(List.of());
            poller.wake();
        };
        poll();

        assertThat(kafka.wakeups).hasValue(1);
    }

    @Test
    void aCallbackFromCloseIsNoPoll() {
        poller.subscribe(List.of("orders"), new NoListener());
        kafka.listener().onPartitionsRevoked(List.of());
        poller.wake();

        assertThat(kafka.wakeups).hasValue(0);
    }

    @Test
    void aCallbackThatFailsIsLeftToo() {
        poller.subscribe(List.of("orders"), new NoListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                throw new IllegalStateException("bad");
            }
        });
        kafka.duringPoll = () -> kafka.listener().onPartitionsAssigned(List.of());

        assertThatThrownBy(this::poll).isInstanceOf(IllegalStateException.class);
        poller.wake();
        assertThat(kafka.wakeups).hasValue(0);
    }

    @Test
    void aPollIsNotLeftWhileSomebodyWakesIt() throws InterruptedException {
        CountDownLatch waking = new CountDownLatch(1);
        CountDownLatch polled = new CountDownLatch(1);
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        Thread waker = new Thread(poller::wake);
        kafka.duringWakeup = () -> {
            waking.countDown();
            await(polled);
            events.add("woken");
        };
        kafka.duringPoll = () -> {
            waker.start();
            await(waking);
            polled.countDown();
        };
        poll();
        events.add("polled");
        waker.join();

        assertThat(events).containsExactly("woken", "polled");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void aCommitThatMeetsAStrayWakeupIsRepeated() {
        kafka.strayWakeup();
        poller.commitSync(Map.of(), LONG);

        assertThat(kafka.calls).containsExactly("commitSync", "commitSync");
    }

    @Test
    void aCloseThatMeetsAStrayWakeupIsRepeated() {
        kafka.strayWakeup();
        poller.close(LONG);

        assertThat(kafka.calls).containsExactly("close", "close");
    }

    private static class NoListener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
    }
}
