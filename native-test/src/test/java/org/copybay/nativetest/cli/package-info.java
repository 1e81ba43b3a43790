/** The verbs of the command line that work through the control files, as a person types them. */
package org.copybay.nativetest.cli;
