/** The two transports, compared with each other, and what is true of {@code jnr} alone. */
package org.copybay.nativetest.transport;
