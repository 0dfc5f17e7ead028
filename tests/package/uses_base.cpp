#include <wrcor/core/hash.h>
#include <wrcor/core/version.h>

#include <iostream>

int main() { std::cout << wrcor::version << ' ' << wrcor::sha256_hex("abc").substr(0, 8) << '\n'; }
