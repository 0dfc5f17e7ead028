#include <ATen/core/Tensor.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../options.h"
#include "../output.h"
#include "core/counted.h"
#include "core/processor.h"
#include "core/table.h"
#include "data/cache_folder.h"
#include "eval/cuda.h"
#include "eval/device.h"
#include "run/parity.h"
#include "run/self_test.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/core/version.h"
#include "wrcor/data/builtin.h"

namespace wrcor::cli {
namespace {

/// Speed of a float32 matrix product on one thread. @throws RunError when the product is wrong.
double measure_gflops() {
  using Clock = std::chrono::steady_clock;
  constexpr std::int64_t size = 512;
  const at::Tensor a = at::ones({size, size});
  if (at::mm(a, a).sum().item<double>() != static_cast<double>(size * size * size)) {
    throw RunError("libtorch computes a wrong matrix product on this machine");
  }
  int products = 0;
  double seconds = 0;
  const auto start = Clock::now();
  while (seconds < 0.2) {
    at::mm(a, a);
    ++products;
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return products * 2e-9 * std::pow(static_cast<double>(size), 3) / seconds;
}

std::string dataset_state(const DatasetKind& kind, const std::string& root) {
  try {
    const auto dataset = kind.open(DatasetOptions{root});
    return counted(dataset->size(), "image");
  } catch (const Error& problem) {
    return std::string("not usable: ") + problem.what();
  }
}

std::string cuda_state() {
  const auto version = cuda_version();
  const std::string build = version ? *version + ", " : "";
  if (const auto obstacle = cuda_obstacle()) return build + "not usable: " + *obstacle;
  std::vector<std::string> devices = usable_devices();
  std::erase(devices, "cpu");
  return build + join(devices);
}

std::string exact(double value) { return fmt::format("{:.10g}", value); }

/// Recomputes golden scores and prints each next to the published one, then the largest error of
/// each proxy. Scores that are determined by rounding are named; they can neither agree nor
/// disagree.
void compare_with_golden_scores(const std::vector<std::string>& folders, const Config& config) {
  struct Worst {
    int cases = 0;
    double error = 0;
    double limit = 0;
    int undecided = 0;
    bool good = true;
  };
  std::vector<std::vector<std::string>> rows;
  std::map<std::string, Worst> by_proxy;
  for (const std::string& folder : folders) {
    for (const ParityCase& result : check_parity(golden_folder(folder), config.run.device)) {
      rows.push_back({result.network, result.proxy, exact(result.expected), exact(result.computed),
                      fmt::format("{:.1e}", result.error), result.undecided() ? "undecided" : ""});
      Worst& worst = by_proxy[result.proxy];
      if (result.undecided()) {
        ++worst.undecided;
        continue;
      }
      ++worst.cases;
      worst.error = std::max(worst.error, result.error);
      worst.limit = std::max(worst.limit, result.limit);
      worst.good = worst.good && result.good();
    }
  }
  if (rows.empty()) throw DataError("no golden scores to compare with in " + join(folders));
  std::string text = format_table({"network", "proxy", "published", "computed", "error", ""}, rows);
  std::vector<std::vector<std::string>> summary;
  std::string bad;
  for (const auto& [proxy, worst] : by_proxy) {
    summary.push_back({proxy, std::to_string(worst.cases), fmt::format("{:.1e}", worst.error),
                       fmt::format("{:.0e}", worst.limit), std::to_string(worst.undecided)});
    if (!worst.good) bad += (bad.empty() ? "" : ", ") + proxy;
  }
  write_output(text + "\n" +
               format_table({"proxy", "cases", "largest error", "limit", "undecided"}, summary));
  if (!bad.empty()) {
    throw RunError("scores differ from the published ones by more than rounding explains (" + bad +
                   "); do not trust this build");
  }
}

}  // namespace

void run_doctor(const DoctorOptions& options) {
  if (options.self_test && !options.golden_folders.empty())
    throw UsageError("--self-test cannot be combined with --golden: give one of them");
  const Config config = load_config(options.sources);
  resolve_device(config.run.device);
  if (options.self_test) {
    write_output(self_test(config.run.device) + "\n");
    return;
  }
  if (!options.golden_folders.empty()) {
    compare_with_golden_scores(options.golden_folders, config);
    return;
  }
  configure_process();
  configure_thread(1);
  reserve_blas_buffers(1);
  const std::string speed = std::to_string(std::lround(measure_gflops())) + " GFLOP/s";

  const auto kernels = openblas_kernels();
  const std::string cache = cache_folder().string();
  std::vector<std::vector<std::string>> rows = {
      {"wrcor", version},
      {"libtorch", libtorch_version()},
      {"CUDA", cuda_state()},
      {"cores", std::to_string(usable_cores())},
      {"BLAS", blas_library() + (kernels ? ", kernels for " + *kernels : "")},
      {"matrix product", speed + " on one thread (float32)"},
      {"cache folder", cache.empty() ? "none: set HOME or WRCOR_DATA" : cache},
  };
  for (const auto& entry : datasets().entries()) {
    rows.push_back({"data " + entry.name, dataset_state(entry.value, config.data.root)});
  }
  write_output(format_table({}, rows));
  if (blas_is_reference()) {
    spdlog::warn(
        "the BLAS is the reference implementation, which is slow: proxies that multiply matrices, "
        "and trainings, take longer; install an optimised one, such as Debian's "
        "libopenblas0-pthread");
  }
  if (kernels == "Prescott") {
    spdlog::warn(
        "OpenBLAS does not know this processor and takes its oldest kernels, which are several "
        "times slower: set OPENBLAS_CORETYPE=SkylakeX (for AVX-512) or Haswell (for AVX2), or "
        "install a newer OpenBLAS");
  }
}

}  // namespace wrcor::cli
