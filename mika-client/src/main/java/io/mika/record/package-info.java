/** What a record carries beside key and value: the headers of the wire format, typed access to headers, its origin. What a commit tells of records: {@link io.mika.record.CommitText}. */
@NullMarked
package io.mika.record;

import org.jspecify.annotations.NullMarked;
