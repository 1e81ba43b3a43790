/** Runs commands at times, also those whose time went by while nobody could run them. */
@org.jspecify.annotations.NullMarked
package org.copybay.copy.schedule;
