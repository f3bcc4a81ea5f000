/** What an application is told: {@link io.mika.event.ClientListener} and {@link io.mika.event.CloseReport}. */
@NullMarked
package io.mika.event;

import org.jspecify.annotations.NullMarked;
