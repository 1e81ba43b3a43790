/** Safeguarded sessions through a real mount. */
package org.copybay.nativetest.safeguarded;
