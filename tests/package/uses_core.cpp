#include <wrcor/core/hash.h>
#include <wrcor/core/version.h>
#include <wrcor/proxy/correlation.h>

#include <cmath>
#include <iostream>

int main() {
  const wrcor::LogDeterminant d = wrcor::log_determinant(2 * at::eye(3, at::kDouble));
  if (std::abs(d.value - 3 * std::log(2.0)) > 1e-9) return 1;
  std::cout << wrcor::version << ' ' << wrcor::sha256_hex("abc").substr(0, 8) << '\n';
}
