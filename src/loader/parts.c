#include "parts.h"

#include <bpf/libbpf_version.h>
#include <elfutils/version.h>
#include <features.h>
#include <jansson.h>
#include <openssl/opensslv.h>
#include <zlib.h>

#define TEXT(number) #number
#define NUMBER(macro) TEXT(macro)

/* Of the headers: the static libraries come from the same packages. */
const char parts[] __attribute__((section(".parts"))) =
	"inject-load " VERSION "\n"
	"gcc " __VERSION__ "\n"
	"glibc " NUMBER(__GLIBC__) "." NUMBER(__GLIBC_MINOR__) "\n"
	"libbpf " NUMBER(LIBBPF_MAJOR_VERSION) "." NUMBER(LIBBPF_MINOR_VERSION) "\n"
	"elfutils " NUMBER(_ELFUTILS_VERSION) "\n"
	"zlib " ZLIB_VERSION "\n"
	"openssl " OPENSSL_VERSION_STR "\n"
	"jansson " JANSSON_VERSION "\n";
