/* What the generated expressions read: members of every width and signedness, in every place that C has for them. */

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef _Bool bool;
typedef unsigned long size_t;
typedef long long loff_t;
typedef unsigned int dev_t;

enum color { RED = -3, GREEN = 7, BLUE = 2147483647 };
enum positive { ONE = 1, MANY = 4294967295U };
enum wide { TINY = -1, HUGE_VALUE = 0x7000000000 };
enum high { LOWEST, HIGHEST = 0xfedcba9876543210UL };

struct inner {
	short depth;
	u8 tag;
	int signed_bits : 6;
	u32 flags : 5;
	u16 grid[3][4];
	char name[16];
	s64 total;
};

/* Bitfields that cross the bounds of their type's units, but not of eight bytes: CO-RE reads no more at once. */
struct spanning {
	u32 a : 3;
	u32 b : 30;
	int c : 31;
	u64 d : 40;
	s64 e : 20;
	u8 f : 3;
	u8 g : 1;
	s16 h : 13;
} __attribute__((packed));

struct fixture {
	s8 sc;
	u8 uc;
	char pc;
	s16 ss;
	u16 us;
	s32 si;
	unsigned int ui;
	size_t size;
	long sl;
	unsigned long ul;
	s64 sll;
	u64 ull;
	bool flag;
	loff_t offset;
	dev_t dev;
	enum color color;
	enum positive positive;
	enum wide wide;
	enum high high;

	int i1 : 1;
	int i5 : 5;
	u32 u1 : 1;
	u32 u7 : 7;
	int i31 : 31;
	u32 u31 : 31;
	int i32 : 32;
	u32 u32_ : 32;
	s8 c4 : 4;
	u8 c3 : 3;
	s16 h11 : 11;
	u16 h9 : 9;
	bool on : 1;
	bool off : 1;
	long l20 : 20;
	unsigned long l12 : 12;
	long l32 : 32;
	unsigned long ul32 : 32;
	long l40 : 40;
	unsigned long l33 : 33;
	u64 l63 : 63;
	enum color e5 : 5;
	enum positive p3 : 3;
	struct spanning spanning __attribute__((aligned(8)));

	union {
		int word;
		u32 uword;
		struct {
			u16 low;
			s16 high16;
		};
		u8 bytes[4];
		struct {
			u32 first : 9;
			int second : 23;
		};
	};
	union {
		u64 whole;
		s8 parts[8];
		struct inner as_inner;
	} choice;
	struct {
		struct {
			s16 deep;
			const u8 *text8;
		} one;
		u8 two;
	} named;

	struct fixture *next;
	struct inner *inner;
	const char *text;
	u8 *octets;
	int *ints;
	unsigned long *longs;
	void *opaque;
	struct inner *several[2];

	struct inner in;
	struct inner array[3];
	char name[12];
	s8 small[5];
	long wide_array[4];
	bool flags[3];
	u16 last;
	struct inner tail[];
};
