/** Shadow sets through a real mount. */
package org.copybay.nativetest.shadow;
