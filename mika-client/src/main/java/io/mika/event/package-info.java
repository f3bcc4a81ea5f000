/**
 * What an application is told: {@link io.mika.event.ClientListener} and {@link io.mika.event.CloseReport}; a {@link
 * io.mika.event.Replay}, what it is asked for and what it reports.
 */
@NullMarked
package io.mika.event;

import org.jspecify.annotations.NullMarked;
