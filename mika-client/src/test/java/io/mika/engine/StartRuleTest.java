package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.env.StartPosition;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartRuleTest {
    @ParameterizedTest(name = "partition {0}, noted {1}, missing {2}, configured {3}: {4}")
    @CsvSource(textBlock = """
            # partition, smallest count noted, topic was seen missing, configured, begins at
            0,  ,  false,                     , UNKNOWN
            0,  ,  false, earliest            , EARLIEST
            0,  ,  false, latest              , LATEST
            0,  ,  false, 2024-05-01T00:00:00Z, AT_TIME
            # added: its number is not below the smallest count noted
            5, 6,  false,                     , UNKNOWN
            5, 6,  false, latest              , LATEST
            6, 6,  false,                     , EARLIEST
            6, 6,  false, latest              , EARLIEST
            6, 6,  false, earliest            , EARLIEST
            7, 6,  false, latest              , EARLIEST
            6, 6,  false, 2024-05-01T00:00:00Z, AT_TIME
            # the topic appeared under the eyes of this client
            0,  ,  true ,                     , EARLIEST
            0,  ,  true , latest              , EARLIEST
            0,  ,  true , 2024-05-01T00:00:00Z, AT_TIME
            5, 6,  true , latest              , EARLIEST
            """)
    void aPartitionWithoutACommitBegins(
            int partition, @Nullable Integer noted, boolean missing, @Nullable String configured, StartRule expected) {
        StartRule rule = StartRule.of(
                partition,
                noted == null ? OptionalInt.empty() : OptionalInt.of(noted),
                missing,
                configured == null ? null : StartPosition.parse(configured));

        assertThat(rule).isEqualTo(expected);
    }
}
