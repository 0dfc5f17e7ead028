#include "run/self_test.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>
#include <map>

#include "eval/device.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// A library built with -ffast-math switches the whole process to flush them to zero.
bool keeps_subnormals() {
  volatile double smallest = std::numeric_limits<double>::min();
  return smallest / 2 != 0;
}

/// Of whole numbers that float32 represents exactly.
bool matrix_products_are_exact(const at::Device& device) {
  constexpr std::int64_t rows = 65, inner = 129, columns = 257, most = 100;
  const auto numbers = [](std::int64_t height, std::int64_t width) {
    return (at::arange(height * width, at::kLong) * 7919 % (2 * most + 1) - most)
        .view({height, width});
  };
  const at::Tensor a = numbers(rows, inner), b = numbers(inner, columns);
  const at::Tensor product =
      at::mm(a.to(device, at::kFloat), b.to(device, at::kFloat)).to(at::kCPU, at::kLong);
  return product.equal((a.unsqueeze(2) * b.unsqueeze(0)).sum(1));
}

/// In the units of its limit.
double excess(const ParityCase& result) { return result.error / result.limit; }

bool closer(const ParityCase& a, const ParityCase& b) { return excess(a) < excess(b); }

[[noreturn]] void distrust(const std::string& why, const std::string& device) {
  throw RunError("self-test: " + why + "; this build cannot be trusted on " + device);
}

}  // namespace

std::string verdict(const std::vector<ParityCase>& cases, const std::string& device) {
  std::map<std::string, ParityCase> worst_of;
  std::vector<ParityCase> decided;
  std::size_t good = 0;
  for (const ParityCase& result : cases) {
    if (result.undecided()) continue;
    decided.push_back(result);
    if (result.good()) {
      ++good;
      continue;
    }
    ParityCase& worst = worst_of.emplace(result.proxy, result).first->second;
    if (closer(worst, result)) worst = result;
  }
  const std::size_t undecided = cases.size() - decided.size();
  const std::string count =
      fmt::format("{} of {} golden scores agree", good, cases.size()) +
      (undecided == 0 ? "" : fmt::format(", rounding decides about {}", undecided));
  if (!worst_of.empty()) {
    std::vector<std::string> wrong;
    for (const auto& [proxy, worst] : worst_of) {
      wrong.push_back(fmt::format("{} is off by up to {:.1e}, its limit is {:.0e}", proxy,
                                  worst.error, worst.limit));
    }
    distrust(count + ": " + join(wrong), device);
  }
  if (decided.empty()) distrust(count, device);
  const ParityCase& worst = *std::max_element(decided.begin(), decided.end(), closer);
  return fmt::format(
      "self-test: {} (largest error {:.1e} of limit {:.0e}, {}); this build can be trusted on {}",
      count, worst.error, worst.limit, worst.proxy, device);
}

std::string self_test(const std::string& device_name) {
  const at::Device device = resolve_device(device_name);
  const std::vector<ParityCase> cases = check_parity(built_in_golden_set(), device.str());
  if (!keeps_subnormals()) distrust("subnormal numbers are flushed to zero", device.str());
  if (!matrix_products_are_exact(device)) distrust("a matrix product is wrong", device.str());
  return verdict(cases, device.str());
}

}  // namespace wrcor
