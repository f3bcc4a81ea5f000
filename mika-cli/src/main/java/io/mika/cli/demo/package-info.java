/** {@code mika demo}: a stream of orders through a group of clients, reconciled record by record. */
@NullMarked
package io.mika.cli.demo;

import org.jspecify.annotations.NullMarked;
