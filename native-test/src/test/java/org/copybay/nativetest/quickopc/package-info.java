/** QuickOPC sessions through a real mount. */
package org.copybay.nativetest.quickopc;
