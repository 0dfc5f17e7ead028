#include <spdlog/spdlog.h>

#include <memory>
#include <set>

#include "../architecture.h"
#include "../options.h"
#include "../output.h"
#include "architecture_list.h"
#include "runs.h"
#include "wrcor/config/chosen_space.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/proxy_choice.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/core/suggest.h"
#include "wrcor/record/score_file.h"
#include "wrcor/record/score_identity.h"
#include "wrcor/record/score_writer.h"
#include "wrcor/report/download_progress.h"
#include "wrcor/report/explanation_report.h"
#include "wrcor/report/plan_report.h"
#include "wrcor/report/progress.h"
#include "wrcor/run/chosen_device.h"
#include "wrcor/run/explanation.h"
#include "wrcor/run/interrupt.h"
#include "wrcor/run/score_run.h"

namespace wrcor::cli {
namespace {

std::vector<Genotype> chosen_architectures(const SearchSpace& space, const ScoreOptions& options) {
  ArchitectureList list(space, Shard::parse(options.shard));
  for (const std::string& text : options.architectures) list.add_text(text);
  if (!options.architecture_file.empty()) list.add_file(options.architecture_file);
  if (options.all || options.unique) list.add_space(options.unique);
  if (list.nothing_named())
    throw UsageError(
        "no architecture to score; name some by --arch, --arch-file, --all or --unique");
  return list.take();
}

bool names_architectures(const ScoreOptions& options) {
  return !options.architectures.empty() || !options.architecture_file.empty() || options.all ||
         options.unique;
}

/// A form with one record per line.
std::unique_ptr<ScoreLines> make_lines(const std::string& format,
                                       const std::vector<std::string>& proxies,
                                       const std::string& settings) {
  if (format == "csv") return std::make_unique<CsvScores>(proxies, settings);
  return std::make_unique<JsonLineScores>(settings);
}

/// Scores all and passes on the evaluations. @return the number of failures
std::size_t score_all(const Workbench& bench, const std::vector<Genotype>& architectures,
                      const std::string& weights, const EvaluationSink& sink) {
  std::size_t failed = 0;
  Progress progress;
  const EvaluationSink counting = [&](const std::string& arch, const Evaluation& evaluation) {
    if (evaluation.status == Status::failed) ++failed;
    progress.clear();
    sink(arch, evaluation);
  };
  if (!weights.empty()) {
    counting(bench.space->format(architectures.front()),
             score_with_weights(bench, architectures.front(), weights));
  } else {
    score_architectures(bench, architectures, counting,
                        [&progress](const ProgressState& state) { progress.update(state); });
  }
  return failed;
}

/// @param asked   number of architectures given to the command
/// @param advice  what to do about it
void report_failures(std::size_t failed, std::size_t asked, const std::string& advice = "") {
  if (failed == 0) return;
  if (failed == asked) {
    throw RunError(asked == 1 ? "the architecture could not be evaluated"
                              : fmt::format("none of {} architectures could be evaluated", asked));
  }
  spdlog::warn("{} of {} architectures could not be evaluated{}", failed, asked, advice);
}

/// Prints the passes of scoring and their cost, instead of scores.
void print_plan(const ScoreOptions& options, const Config& config) {
  const std::string format = options.format_given ? options.format : "table";
  if (format == "csv") throw UsageError("--plan prints a table or, with --format jsonl, JSON");
  if (!options.out.empty() || !options.weights.empty())
    throw UsageError("--plan goes with neither --out nor --weights: it prints no scores");
  if (!options.shard.empty())
    throw UsageError("--plan does not go with --shard: it takes the architectures as a whole");
  const Workbench bench = make_workbench(config, download_progress());
  std::vector<Genotype> architectures;
  if (names_architectures(options)) {
    architectures = chosen_architectures(*bench.space, options);
  } else {
    constexpr int samples = 5;
    Rng rng(derive_seed(config.run.seed, {"explain"}));
    for (int i = 0; i < samples; ++i) architectures.push_back(bench.space->sample(rng));
  }
  bench.evaluator->explain(architectures.front());  // the first evaluation pays for start-up
  std::vector<std::vector<PassCost>> costs;
  for (const Genotype& genotype : architectures)
    costs.push_back(bench.evaluator->explain(genotype));
  write_output(format == "table" ? plan_table(costs) : plan_json(costs));
}

/// Prints the explanation of an architecture's scores, and their uncertainty.
void print_explanation(const ScoreOptions& options, const Config& config) {
  constexpr std::size_t random_cells = 20;
  const std::string format = options.format_given ? options.format : "table";
  if (format == "csv") throw UsageError("--explain prints text or, with --format jsonl, JSON");
  if (names_architectures(options) || !options.out.empty() || !options.weights.empty() ||
      !options.shard.empty())
    throw UsageError(
        "--explain takes one architecture; it does not go with --arch, --arch-file, --all, "
        "--unique, --out, --weights or --shard");
  const auto space = make_space(config);
  const std::string arch = space->format(read_architecture(*space, options.explained));
  Progress progress;
  const Explanation explanation = explain(
      config, arch, random_cells, [&](const ProgressState& state) { progress.update(state); },
      download_progress());
  progress.clear();
  write_output(format == "table" ? explanation_text(explanation) : explanation_json(explanation));
}

/// Drops duplicate architectures, and those that the file holds.
/// @return the number of different ones
std::size_t leave_out_known(const std::string& name, const ScoreFile& file,
                            const SearchSpace& space, std::vector<Genotype>& architectures) {
  std::set<Genotype> seen;
  std::erase_if(architectures,
                [&](const Genotype& genotype) { return !seen.insert(genotype).second; });
  const std::size_t asked = architectures.size();
  std::erase_if(architectures,
                [&](const Genotype& genotype) { return file.holds(space.format(genotype)); });
  if (architectures.size() < asked) {
    spdlog::info("'{}' holds {} of {} architectures already", name, asked - architectures.size(),
                 asked);
  }
  return asked;
}

/// For an explanation, the settings of a run whose architecture is explained, and repeats.
ConfigSources sources_of(const ScoreOptions& options) {
  ConfigSources sources = options.sources;
  if (!options.weights.empty()) {
    for (const Setting& setting : settings()) {
      if (setting.bearing == Bearing::weights)
        sources.unused[setting.key] = "the weights are those of --weights";
    }
  }
  if (options.explained.empty()) return sources;
  sources.defaults["score.repeats"] = "8";
  find_ranked(options.explained, sources);
  return sources;
}

}  // namespace

void run_score(const ScoreOptions& options) {
  Config config = load_config(sources_of(options));
  config.search.refine.reset();  // of searches
  if (options.plan && !options.explained.empty())
    throw UsageError("--plan and --explain are two things; give one of them");
  if (options.plan) {
    print_plan(options, config);
    return;
  }
  if (!options.explained.empty()) {
    print_explanation(options, config);
    return;
  }
  if (options.format == "table" && !options.out.empty()) {
    throw UsageError("--out holds one record a line: use --format jsonl or csv");
  }
  std::vector<Genotype> architectures = chosen_architectures(*make_space(config), options);
  if (!options.weights.empty() && architectures.size() != 1) {
    throw UsageError("--weights needs exactly one architecture, got " +
                     std::to_string(architectures.size()));
  }
  const Workbench bench = make_workbench(config, download_progress());
  const std::vector<std::string> proxies = effective_proxies(config);
  if (options.out.empty()) {
    const bool table = options.format == "table";
    const std::unique_ptr<ScoreWriter> writer =
        table ? std::make_unique<TableScores>(proxies)
              : std::unique_ptr<ScoreWriter>(make_lines(options.format, proxies, ""));
    write_output(writer->begin());
    const std::size_t failed =
        score_all(bench, architectures, options.weights,
                  [&](const std::string& arch, const Evaluation& evaluation) {
                    write_output(writer->record(arch, evaluation));
                  });
    write_output(writer->end());
    report_failures(failed, architectures.size());
    return;
  }
  const std::string identity = score_identity(config, bench.conditions, options.weights);
  const auto lines = make_lines(options.format, proxies, identity);
  const std::string goes_on = "; the same command goes on with '" + options.out + "'";
  try {
    ScoreFile file(options.out, *lines, identity, proxies);
    const std::size_t asked = leave_out_known(options.out, file, *bench.space, architectures);
    if (architectures.empty()) return;
    const std::size_t failed =
        score_all(bench, architectures, options.weights,
                  [&](const std::string& arch, const Evaluation& evaluation) {
                    file.append(arch, evaluation);
                  });
    report_failures(failed, asked, "; the same command tries them again");
  } catch (const Interrupted& interrupt) {
    throw Interrupted(interrupt.signal(), interrupt.what() + goes_on);
  } catch (const RunError& failure) {
    throw RunError(failure.what() + goes_on);
  }
}

}  // namespace wrcor::cli
