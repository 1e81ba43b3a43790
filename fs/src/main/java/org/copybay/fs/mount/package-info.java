/** The command line, the daemon and the wiring of all modules into one mount. */
@NullMarked
package org.copybay.fs.mount;

import org.jspecify.annotations.NullMarked;
