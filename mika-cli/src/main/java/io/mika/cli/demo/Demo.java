package io.mika.cli.demo;

import io.mika.test.broker.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The demo's script: two clients consume, a third joins while records flow, the first is closed half-way, and the
 * stream ends with the last two. Owned by the thread that calls {@link #run}.
 */
final class Demo {
    private static final int PARTITIONS = 6;
    private static final int CLIENTS = 3;

    private final DemoPlan plan;
    private final Screen screen;
    private final Ledger ledger = new Ledger();

    Demo(DemoPlan plan, Screen screen) {
        this.plan = plan;
        this.screen = screen;
    }

    /** Blocks until all is published and settled, or nothing has moved for a minute. */
    DemoResult run() throws InterruptedException, ExecutionException {
        screen.event("starting a broker");
        try (TestBroker broker = TestBroker.builder().start();
                Admin admin = Admin.create(LogReader.properties(broker.bootstrapServers()))) {
            admin.createTopics(topics()).all().get();
            Duration elapsed = play(broker.bootstrapServers());
            Findings findings = Findings.read(new LogReader(admin, broker.bootstrapServers()), PARTITIONS);
            return new DemoResult(Reconciliation.of(ledger, findings, plan.failRate()), CLIENTS, elapsed);
        } finally {
            screen.clear();
        }
    }

    private Duration play(String brokers) throws InterruptedException, ExecutionException {
        try (Members members = new Members(brokers, plan.failRate(), ledger);
                OrderStream stream = new OrderStream(plan, ledger, brokers)) {
            Stage stage = new Stage(screen, ledger, stream, members);
            screen.event("two clients join the group");
            CompletableFuture<Void> first = members.join();
            CompletableFuture<Void> second = members.join();
            stage.await(CompletableFuture.allOf(first, second));
            stream.start();
            stream.mayReach(0.5);

            stage.await(() -> stream.fraction() >= 0.25);
            screen.event("a third client joins");
            stage.await(members.join());
            stream.mayReach(0.75);

            stage.await(() -> stream.fraction() >= 0.5);
            screen.event("the first client is closed");
            stage.await(members.leaveFirst());
            stream.mayReach(1);

            stage.await(stream::hasEnded);
            stage.awaitOrGiveUp(ledger::everythingSettled);
            Duration elapsed = stream.elapsed();
            screen.event("the others are closed");
            stage.await(members.leaveAll());
            return elapsed;
        }
    }

    private static List<NewTopic> topics() {
        return Stream.concat(Order.TOPICS.stream(), Stream.of(Members.RETRY_TOPIC, Members.DLQ_TOPIC))
                .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                .toList();
    }
}
