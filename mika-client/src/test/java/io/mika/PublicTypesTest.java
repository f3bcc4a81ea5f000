package io.mika;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A type becomes public on purpose: here. */
class PublicTypesTest {
    /** What users may depend on, and what VERSIONING.md speaks of. */
    private static final String API = """
        io.mika.KafkaClient
        io.mika.KafkaClient$Builder
        io.mika.consumer.AsyncHandler
        io.mika.consumer.Backoff
        io.mika.consumer.Batch
        io.mika.consumer.BatchHandler
        io.mika.consumer.ConsumerOptions
        io.mika.consumer.DeadlinePolicy
        io.mika.consumer.Delivery
        io.mika.consumer.DeliveryHandler
        io.mika.consumer.DeliveryInterceptor
        io.mika.consumer.DeliveryObserver
        io.mika.consumer.FailureReason
        io.mika.consumer.Handlers
        io.mika.consumer.Ordering
        io.mika.consumer.OutageBreaker
        io.mika.consumer.RetryableException
        io.mika.consumer.SendObserver
        io.mika.consumer.SendPurpose
        io.mika.consumer.Settlement
        io.mika.consumer.Source
        io.mika.consumer.TopicConsumer
        io.mika.consumer.TypedHandler
        io.mika.env.GroupProtocol
        io.mika.env.KafkaSettings
        io.mika.env.Sasl
        io.mika.env.StartPosition
        io.mika.env.Tls
        io.mika.error.AckDeadlineException
        io.mika.error.ClientClosedException
        io.mika.error.ConfigException
        io.mika.error.ConsumerAlreadyRegisteredException
        io.mika.error.DlqNotConfiguredException
        io.mika.error.MalformedHeaderException
        io.mika.error.MikaException
        io.mika.error.UnknownConsumerException
        io.mika.error.UnroutableFailureException
        io.mika.event.AbandonedRecord
        io.mika.event.ClientListener
        io.mika.event.CloseReport
        io.mika.event.Explanation
        io.mika.event.Explanation$Partition
        io.mika.event.Explanation$Writes
        io.mika.event.Health
        io.mika.event.StuckRecord
        io.mika.event.FailedRecord
        io.mika.event.Replay
        io.mika.event.ReplayReport
        io.mika.event.ReplayReport$End
        io.mika.event.ReplayReport$Partition
        io.mika.event.ReplayReport$Skipped
        io.mika.event.ReplayRequest
        io.mika.event.ReplayRequest$Builder
        io.mika.event.SkipReason
        io.mika.record.FailureHeaders
        io.mika.record.HeaderValues
        io.mika.record.Origin
        io.mika.record.Pointer
        """;

    /** Public for other packages of the library and for mika-test alone. */
    private static final String INTERNAL = """
        io.mika.engine.Engine
        io.mika.engine.Engine$Binding
        io.mika.engine.Engine$Config
        io.mika.engine.Engine$FailureTopics
        io.mika.engine.Engine$Resource
        io.mika.engine.EngineParts
        io.mika.engine.EngineParts$Signal
        io.mika.engine.Limits
        io.mika.engine.Lookups
        io.mika.engine.Lookups$LogRange
        io.mika.engine.Lookups$TopicFacts
        io.mika.engine.Setup
        io.mika.engine.Setup$Presence
        io.mika.engine.Setup$Topic
        io.mika.engine.Stepper
        io.mika.env.ClientProperties
        io.mika.env.OwnedProperties
        io.mika.env.PropertyChecks
        io.mika.env.SettingsOverrides
        io.mika.env.UserProperties
        io.mika.failure.Destination
        io.mika.failure.Destination$Listener
        io.mika.failure.FailureProducer
        io.mika.failure.RecordFetch
        io.mika.failure.RecordFetch$Answer
        io.mika.failure.RecordFetch$Told
        io.mika.failure.RecordFetch$Wanted
        io.mika.failure.ReplayEvents
        io.mika.failure.ReplayLookups
        io.mika.failure.ReplayLookups$Log
        io.mika.failure.ReplayLookups$Queue
        io.mika.failure.ReplayNote
        io.mika.failure.ReplayNote$Run
        io.mika.failure.Replays
        io.mika.failure.Replays$Parts
        io.mika.failure.Route
        io.mika.failure.Route$Failed
        io.mika.failure.Route$Way
        io.mika.failure.Write
        io.mika.record.CommitText
        io.mika.record.CommitText$Content
        io.mika.record.CommitText$Place
        io.mika.record.CommitText$Written
        io.mika.record.FailedAttempt
        io.mika.record.FailureHop
        io.mika.record.Reason
        io.mika.record.SettledRanges
        io.mika.record.SettledRanges$Builder
        io.mika.record.SettledRanges$Range
        """;

    /** The types that users may depend on. */
    static Stream<String> api() {
        return API.lines();
    }

    @Test
    void publicTypesAreThoseListed() {
        List<String> found = ArchitectureTest.library().stream()
                .filter(PublicTypesTest::isPublic)
                .map(JavaClass::getName)
                .toList();

        assertThat(found).containsExactlyInAnyOrder((API + INTERNAL).split("\n"));
    }

    /** A public type inside a package-private one is not. */
    private static boolean isPublic(JavaClass type) {
        Optional<JavaClass> outer = type.getEnclosingClass();
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && outer.map(PublicTypesTest::isPublic).orElse(true);
    }
}
