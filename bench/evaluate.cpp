// Seconds per architecture of this program and of the baseline, in one run, on the same weights and
// the same minibatch, with a breakdown and the distance from the machine's limit:
//
//   wrcor_bench --networks 64 --workers 2
//   wrcor_bench --space mbv2 --image-size 224 --batch 16 --networks 6 --mix
//
// Both use the same number of processors: the baseline as intra-op threads, this program as workers
// of one thread. Ratios of one run are comparable between machines, seconds are not.

#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "baseline.h"
#include "breakdown.h"
#include "core/worker_pool.h"
#include "device_work.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "minibatch/minibatch.h"
#include "proxy/batch_observation.h"
#include "work.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/data/builtin.h"
#include "wrcor/space/builtin.h"
#include "wrcor/space/search_space.h"

namespace {

using namespace wrcor;
using Clock = std::chrono::steady_clock;

struct Options {
  int networks = 64;
  int evaluations = 0;  ///< 0: every network once
  int workers = 2;
  int networks_per_batch = 1;
  int rounds = 3;
  int batch = 64;
  int image_size = 0;  ///< 0: the data set's
  SpaceChoice space;
  std::vector<std::string> space_options;
  std::optional<std::int64_t> channels, cells;
  std::string device = "cpu";
  std::string data = "synthetic";
  std::string root;
  std::vector<std::string> proxies{"wrcor"};
  bool baseline = true;
  bool broken_down = true;
  bool mix = false;
  bool tf32 = false;
  bool count = false;
  bool json = false;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The same networks in every run; all of them connected.
std::vector<Genotype> sample_of(const SearchSpace& space, int networks) {
  Rng rng(2026);
  std::vector<Genotype> sample;
  while (static_cast<int>(sample.size()) < networks) {
    Genotype genotype = space.sample(rng);
    if (space.connected(genotype)) sample.push_back(std::move(genotype));
  }
  return sample;
}

/// Takes --space-option, --channels and --cells into the choice of the space.
void choose_space_options(Options& options) {
  for (const std::string& text : options.space_options) {
    const std::size_t equals = text.find('=');
    try {
      options.space.options[text.substr(0, equals)] = std::stoll(text.substr(equals + 1));
    } catch (const std::logic_error&) {
      throw UsageError("--space-option: expected KEY=VALUE, got " + in_quotes(text));
    }
  }
  if (options.channels) options.space.options["channels"] = *options.channels;
  if (options.cells) options.space.options["cells"] = *options.cells;
}

Minibatch draw_images(const Options& options) {
  Minibatch drawn = draw_minibatch(*datasets().find(options.data).value.open({options.root}),
                                   options.batch, true, 0);
  const int side = options.image_size;
  if (side > 0) drawn.images = at::upsample_bilinear2d(drawn.images, {side, side}, false);
  return drawn;
}

NetworkInput input_of(const Minibatch& minibatch, const Options& options) {
  const auto size = [&](int axis) { return static_cast<int>(minibatch.images.size(axis)); };
  return {{size(1), size(2), size(3)},
          datasets().find(options.data).value.info({options.root}).classes};
}

Options read_options(int argc, char** argv) {
  Options options;
  CLI::App app("Seconds per architecture: the baseline, this program, and what the machine can do");
  app.add_option("--networks", options.networks, "random networks of the sample");
  app.add_option("--evaluations", options.evaluations,
                 "evaluations of the sample, round and round; 0: each once");
  app.add_option("--workers", options.workers, "processors that either way uses");
  app.add_option("--networks-per-batch,--at-once", options.networks_per_batch,
                 "networks per batch of a worker");
  app.add_option("--rounds", options.rounds, "repetitions; the best of each way counts");
  app.add_option("--batch", options.batch, "images of the minibatch");
  app.add_option("--image-size", options.image_size,
                 "side that the images are scaled to; 0: that of the data set");
  app.add_option("--space", options.space.name, "search space");
  app.add_option("--space-option", options.space_options, "option of the space, as KEY=VALUE");
  app.add_option("--channels", options.channels, "option of the space");
  app.add_option("--cells", options.cells, "option of the space");
  app.add_option("--device", options.device, "cpu, cuda or cuda:K");
  app.add_option("--data", options.data, "data set of the minibatch");
  app.add_option("--data-root", options.root, "its folder");
  app.add_option("--proxy", options.proxies, "proxies of this program's way")->delimiter(',');
  app.add_flag("!--no-baseline", options.baseline, "leave the baseline out");
  app.add_flag("!--no-breakdown", options.broken_down, "leave the breakdown out");
  app.add_flag("--mix", options.mix, "break down by kind of layer, too");
  app.add_flag("--tf32", options.tf32, "let CUDA round the factors of products to 10 bits");
  app.add_flag("--count", options.count,
               "count launches, waits and uploads on CUDA, and its memory, of one batch");
  app.add_flag("--json", options.json, "print a JSON document instead of a table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        device_(resolve_device(options.device)),
        minibatch_(draw_images(options)),
        space_(make_space(options.space, input_of(minibatch_, options))),
        // That of the evaluator's first repeat, so that both have the same weights.
        bank_(derive_seed(0, {"repeat", "0", "shared"}), Initialisation::standard, device_),
        evaluator_(*space_, minibatch_, evaluator_options(), device_),
        sample_(sample_of(*space_, options.networks)),
        pool_(options.workers, [device = device_] {
          configure_thread(1);
          use_own_stream(device);
        }) {
    minibatch_.images = minibatch_.images.to(device_);
    minibatch_.labels = minibatch_.labels.to(device_);
  }

  nlohmann::ordered_json run() {
    double baseline = 1e300, ours = 1e300;
    for (int round = 0; round < options_.rounds; ++round) {
      if (options_.baseline) baseline = std::min(baseline, baseline_seconds());
      ours = std::min(ours, our_seconds());
    }
    nlohmann::ordered_json result{{"device", device_.str()},
                                  {"libtorch", libtorch_version()},
                                  {"networks", options_.networks},
                                  {"evaluations", evaluations()},
                                  {"workers", options_.workers},
                                  {"at_once", options_.networks_per_batch},
                                  {"batch", options_.batch},
                                  {"space", options_.space.name},
                                  {"space_options", options_.space.options},
                                  {"image_size", minibatch_.images.size(3)},
                                  {"proxies", options_.proxies},
                                  {"seconds", ours}};
    if (options_.baseline) {
      result["baseline_seconds"] = baseline;
      result["ratio"] = baseline / ours;
      if (options_.proxies.front() == "wrcor") result["largest_difference"] = largest_difference();
    }
    add_limit(result, ours);
    if (options_.broken_down || options_.mix) add_breakdown(result);
    if (options_.count) add_counts(result);
    result["tensor_bytes_of_a_worker"] = evaluator_.peak_memory();
    return result;
  }

 private:
  EvaluatorOptions evaluator_options() const {
    EvaluatorOptions chosen;
    chosen.proxies = options_.proxies;
    return chosen;
  }

  int evaluations() const {
    return options_.evaluations > 0 ? options_.evaluations : options_.networks;
  }

  double baseline_seconds() {
    baseline_scores_.clear();
    const Clock::time_point start = Clock::now();
    for (const Genotype& genotype : sample_) {
      baseline_scores_.push_back(
          baseline_wrcor(baseline_pass(space_->plan(genotype), bank_, minibatch_.images,
                                       minibatch_.labels, Counting::reference)));
    }
    return seconds_since(start) / options_.networks;
  }

  double our_seconds() {
    std::vector<Genotype> all;
    for (int i = 0; i < evaluations(); ++i)
      all.push_back(sample_[static_cast<std::size_t>(i) % sample_.size()]);
    std::vector<std::future<std::vector<Evaluation>>> pending;
    scores_.clear();
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < all.size();
         i += static_cast<std::size_t>(options_.networks_per_batch)) {
      const std::size_t count =
          std::min(static_cast<std::size_t>(options_.networks_per_batch), all.size() - i);
      pending.push_back(pool_.submit(
          [&, i, count] { return evaluator_.evaluate_batch(std::span(all).subspan(i, count)); }));
    }
    for (auto& batch : pending) {
      for (const Evaluation& evaluation : batch.get())
        scores_.push_back(evaluation.scores.front().second.raw);
    }
    return seconds_since(start) / evaluations();
  }

  double largest_difference() const {
    double worst = 0;
    for (std::size_t i = 0; i < std::min(scores_.size(), baseline_scores_.size()); ++i) {
      worst = std::max(worst,
                       std::abs(scores_[i] - baseline_scores_[i]) / std::abs(baseline_scores_[i]));
    }
    return worst;
  }

  void add_limit(nlohmann::ordered_json& result, double seconds) const {
    EvaluationWork mean;
    for (const Genotype& genotype : sample_) {
      const EvaluationWork work =
          work_of(space_->plan(genotype), options_.batch, Counting::reference);
      const auto add = [&](Work& to, const Work& from) {
        to += {from.flop / options_.networks, from.bytes / options_.networks};
      };
      add(mean.forward, work.forward);
      add(mean.backward, work.backward);
      add(mean.correlation, work.correlation);
    }
    const Machine machine = measure_machine(device_, device_.is_cpu() ? options_.workers : 1);
    const double least = machine.seconds(mean.total());
    result["limit"] = {{"gflop_forward", mean.forward.flop / 1e9},
                       {"gflop_backward", mean.backward.flop / 1e9},
                       {"gflop_correlation", mean.correlation.flop / 1e9},
                       {"gigabytes", mean.total().bytes / 1e9},
                       {"machine_gflop_per_second", machine.flop_per_second / 1e9},
                       {"machine_gigabytes_per_second", machine.bytes_per_second / 1e9},
                       {"seconds", least},
                       {"distance", seconds / least}};
  }

  /// Of one batch, whose weights and noise are on the device already.
  void add_counts(nlohmann::ordered_json& result) {
    const auto count =
        std::min(sample_.size(), static_cast<std::size_t>(options_.networks_per_batch));
    const std::span batch = std::span(sample_).first(count);
    release_cached_memory(device_);
    const std::optional<std::int64_t> free_before = free_device_memory(device_);
    evaluator_.evaluate_batch(batch);
    const std::optional<std::int64_t> free_after = free_device_memory(device_);
    const DeviceWork work = count_device_work([&] { evaluator_.evaluate_batch(batch); });
    const auto each = [&](std::int64_t number) {
      return static_cast<double>(number) / static_cast<double>(count);
    };
    result["work_of_a_network"] = {{"launches", each(work.launches)},
                                   {"waits", each(work.waits)},
                                   {"uploads", each(work.uploads)}};
    if (evaluator_.batches())
      result["stated_bytes_of_a_batch"] = evaluator_.batch_bytes(batch) + batch_overhead_bytes;
    if (free_before && free_after) result["device_bytes_of_a_batch"] = *free_before - *free_after;
  }

  void add_breakdown(nlohmann::ordered_json& result) {
    const Breakdown parts = break_down(*space_, sample_, minibatch_, bank_, Counting::reference,
                                       pool_, options_.workers);
    const double all = options_.networks;
    result["milliseconds_of_a_worker"] = {
        {"set_up", 1e3 * parts.set_up / all},     {"forward", 1e3 * parts.forward / all},
        {"backward", 1e3 * parts.backward / all}, {"correlation", 1e3 * parts.correlation / all},
        {"scoring", 1e3 * parts.scoring / all},   {"idle", 1e3 * parts.idle / all}};
    if (options_.mix) add_mix(result, parts);
  }

  /// From the kind of layer that takes longest.
  void add_mix(nlohmann::ordered_json& result, const Breakdown& parts) const {
    std::vector<std::pair<std::string, KindSeconds>> kinds(parts.kinds.begin(), parts.kinds.end());
    std::ranges::sort(kinds, std::greater(),
                      [](const auto& kind) { return kind.second.forward + kind.second.backward; });
    const double all = options_.networks;
    for (const auto& [name, seconds] : kinds) {
      result["milliseconds_forward_and_backward"][name] = {1e3 * seconds.forward / all,
                                                           1e3 * seconds.backward / all};
    }
  }

  Options options_;
  c10::Device device_;
  Minibatch minibatch_;
  std::unique_ptr<SearchSpace> space_;
  WeightBank bank_;
  Evaluator evaluator_;
  std::vector<Genotype> sample_;
  std::vector<double> baseline_scores_, scores_;
  WorkerPool pool_;
};

void print(const nlohmann::ordered_json& result, const std::string& before = "") {
  for (const auto& [name, value] : result.items()) {
    if (value.is_object()) {
      std::printf("%s%s\n", before.c_str(), name.c_str());
      print(value, before + "  ");
    } else if (value.is_number_float()) {
      std::printf("%s%-30s %.4g\n", before.c_str(), name.c_str(), value.get<double>());
    } else if (value.is_array() && value.size() == 2 && value[0].is_number_float()) {
      std::printf("%s%-38s %8.1f %8.1f\n", before.c_str(), name.c_str(), value[0].get<double>(),
                  value[1].get<double>());
    } else {
      std::printf("%s%-30s %s\n", before.c_str(), name.c_str(), value.dump().c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options = read_options(argc, argv);
  try {
    choose_space_options(options);
    configure_process();
    configure_device(resolve_device(options.device), options.tf32);
    configure_thread(options.workers);
    const nlohmann::ordered_json result = Bench(options).run();
    if (options.json) {
      std::printf("%s\n", result.dump(2).c_str());
    } else {
      print(result);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wrcor_bench: %s\n", error.what());
    return 1;
  }
}
