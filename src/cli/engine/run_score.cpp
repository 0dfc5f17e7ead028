#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <span>

#include "../architecture.h"
#include "../options.h"
#include "../output.h"
#include "architecture_list.h"
#include "core/counted.h"
#include "eval/evaluator.h"
#include "record/score_file.h"
#include "record/score_identity.h"
#include "record/score_writer.h"
#include "report/download_progress.h"
#include "report/explanation_report.h"
#include "report/plan_report.h"
#include "report/progress.h"
#include "run/chosen_device.h"
#include "run/explanation.h"
#include "run/interrupt.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"
#include "wrcor/run/score_run.h"

namespace wrcor::cli {
namespace {

Shard shard_of(const ScoreOptions& options) {
  try {
    return Shard::parse(options.shard);
  } catch (const UsageError& error) {
    throw UsageError(std::string("--shard: ") + error.what());
  }
}

std::vector<Genotype> chosen_architectures(const SearchSpace& space, const ScoreOptions& options) {
  ArchitectureList list(space, shard_of(options));
  for (const std::string& text : options.architectures) list.add_text(text);
  if (!options.architecture_file.empty()) list.add_file(options.architecture_file);
  if (list.nothing_named() && !options.architecture_file.empty())
    throw UsageError("--arch-file: " + in_quotes(options.architecture_file) +
                     " names no architecture; expected one per line");
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

/// The format of the text that is printed instead of scores.
std::string printed_format(const ScoreOptions& options) {
  return options.format_given ? options.format : "table";
}

void check_plan(const ScoreOptions& options) {
  if (printed_format(options) == "csv")
    throw UsageError("--plan prints a table or, with --format jsonl, JSON");
  if (!options.out.empty() || !options.weights.empty())
    throw UsageError("--plan cannot be combined with --out or --weights: it prints no scores");
  if (!options.shard.empty())
    throw UsageError(
        "--plan cannot be combined with --shard: it takes the architectures as a whole");
}

void check_explanation(const ScoreOptions& options) {
  if (printed_format(options) == "csv")
    throw UsageError("--explain prints text or, with --format jsonl, JSON");
  if (names_architectures(options) || !options.out.empty() || !options.weights.empty() ||
      !options.shard.empty())
    throw UsageError(
        "--explain takes one architecture; it cannot be combined with --arch, --arch-file, --all, "
        "--unique, --out, --weights or --shard");
}

void check(const ScoreOptions& options) {
  const bool explains = !options.explained.empty();
  if (options.plan && explains) throw UsageError("--plan and --explain exclude each other");
  if (options.plan) return check_plan(options);
  if (explains) return check_explanation(options);
  std::error_code unreachable;  // writing the file reports the error
  if (std::filesystem::is_directory(options.out, unreachable))
    throw UsageError("--out: '" + options.out + "' is a folder; name a file in it");
  if (options.format == "table" && !options.out.empty())
    throw UsageError("--out holds one record a line: use --format jsonl or csv");
}

/// Prints the work that scoring consists of and its costs, instead of scores.
void print_plan(const ScoreOptions& options, const RunSpec& spec) {
  const Workbench bench = make_workbench(spec, download_progress());
  std::vector<Genotype> architectures;
  if (names_architectures(options)) {
    architectures = chosen_architectures(*bench.space, options);
  } else {
    constexpr int samples = 5;
    Rng rng(derive_seed(spec.config.run.seed, {"explain"}));
    for (int i = 0; i < samples; ++i) architectures.push_back(bench.space->sample(rng));
  }
  bench.evaluator->explain(architectures.front());  // the first evaluation pays for start-up
  std::vector<std::vector<PassCost>> costs;
  for (const Genotype& genotype : architectures)
    costs.push_back(bench.evaluator->explain(genotype));
  write_output(printed_format(options) == "table" ? plan_table(costs) : plan_json(costs));
}

/// Prints why an architecture scores as it does, and how certain that is.
void print_explanation(const ScoreOptions& options, const RunSpec& spec) {
  constexpr std::size_t random_cells = 20;
  const SearchSpace& space = *spec.space;
  const std::string arch = space.format(read_architecture(space, options.explained));
  Progress progress;
  const Explanation explanation = explain(
      spec, arch, random_cells, [&](const ProgressState& state) { progress.update(state); },
      download_progress());
  progress.clear();
  write_output(printed_format(options) == "table" ? explanation_text(explanation)
                                                  : explanation_json(explanation));
}

/// Drops duplicate architectures, and those that the file holds. Known architectures are dropped by
/// whole batches, so that the others are evaluated together with the same ones as in an
/// uninterrupted run.
/// @return the number of different ones
std::size_t drop_known(const std::string& name, const ScoreFile& file, const Workbench& bench,
                       std::vector<Genotype>& architectures) {
  std::set<Genotype> seen;
  std::erase_if(architectures,
                [&](const Genotype& genotype) { return !seen.insert(genotype).second; });
  const auto is_known = [&](const Genotype& genotype) {
    return file.holds(bench.space->format(genotype));
  };
  const std::size_t asked = architectures.size();
  const std::ptrdiff_t known = std::ranges::count_if(architectures, is_known);
  if (known > 0)
    spdlog::info("'{}' holds {} of {} already", name, known, counted(asked, "architecture"));
  const auto batch = static_cast<std::size_t>(bench.conditions.networks_per_batch);
  std::vector<Genotype> left;
  for (std::size_t start = 0; start < asked; start += batch) {
    const auto members = std::span(architectures).subspan(start, std::min(batch, asked - start));
    if (!std::ranges::all_of(members, is_known))
      left.insert(left.end(), members.begin(), members.end());
  }
  architectures = std::move(left);
  return asked;
}

/// For an explanation, the settings of the run whose architecture is explained, and repeats.
ConfigSources sources_of(const ScoreOptions& options) {
  ConfigSources sources = options.sources;
  sources.resolve = choose_device;
  if (options.plan) {
    for (const char* key : {"score.repeats", "run.networks_per_batch"})
      sources.unused[key] = "--plan measures one network at a time, with one draw of weights";
  }
  if (!options.weights.empty()) {
    for (const Setting& setting : settings()) {
      if (setting.scope == Scope::weights)
        sources.unused[setting.key] = "the weights are those of --weights";
    }
  }
  if (options.explained.empty()) return sources;
  sources.defaults["score.repeats"] = "8";
  find_ranked(options.explained, sources);
  return sources;
}

/// Prints the scores.
void print_scores(const ScoreOptions& options, const RunSpec& spec, const Workbench& bench,
                  const std::vector<Genotype>& architectures) {
  std::unique_ptr<ScoreWriter> writer;
  if (options.format == "table") {
    writer = std::make_unique<TableScores>(spec.proxies);
  } else {
    writer = make_lines(options.format, spec.proxies, "");
  }
  write_output(writer->begin());
  const std::size_t failed = score_all(bench, architectures, options.weights,
                                       [&](const std::string& arch, const Evaluation& evaluation) {
                                         write_output(writer->record(arch, evaluation));
                                       });
  write_output(writer->end());
  report_failures(failed, architectures.size());
}

/// Whether the scores go to something that cannot be continued, such as a pipe.
bool is_stream(const std::filesystem::path& out) {
  std::error_code unreachable;  // writing it reports the error
  const std::filesystem::file_status there = std::filesystem::status(out, unreachable);
  return std::filesystem::exists(there) && !std::filesystem::is_regular_file(there);
}

/// Writes the scores that the file does not have.
void save_scores(const ScoreOptions& options, const RunSpec& spec, const Workbench& bench,
                 std::vector<Genotype> architectures) {
  const std::string identity = score_identity(spec.config, bench.conditions, options.weights);
  const auto lines = make_lines(options.format, spec.proxies, identity);
  const bool streams = is_stream(options.out);
  const std::string continues = streams ? "" : "; the same command continues '" + options.out + "'";
  try {
    ScoreFile file(options.out, *lines, identity, spec.proxies);
    const std::size_t asked = drop_known(options.out, file, bench, architectures);
    if (architectures.empty()) return;
    const std::size_t failed =
        score_all(bench, architectures, options.weights,
                  [&](const std::string& arch, const Evaluation& evaluation) {
                    if (!file.holds(arch)) file.append(arch, evaluation);
                  });
    report_failures(failed, asked, streams ? "" : "; the same command tries them again");
  } catch (const Interrupted& interrupt) {
    throw Interrupted(interrupt.signal(), interrupt.what() + continues);
  } catch (const RunError& failure) {
    throw RunError(failure.what() + continues);
  }
}

}  // namespace

void run_score(const ScoreOptions& options) {
  Config config = load_config(sources_of(options));
  config.search.refine.reset();  // applies only to searches
  config.search.shard.clear();
  check(options);
  const RunSpec spec = resolve_for_images(config);
  if (options.plan) return print_plan(options, spec);
  if (!options.explained.empty()) return print_explanation(options, spec);
  std::vector<Genotype> architectures = chosen_architectures(*spec.space, options);
  if (!options.weights.empty() && architectures.size() != 1) {
    throw UsageError("--weights needs exactly one architecture, got " +
                     std::to_string(architectures.size()));
  }
  const Workbench bench = make_workbench(spec, download_progress());
  if (options.out.empty()) return print_scores(options, spec, bench, architectures);
  save_scores(options, spec, bench, std::move(architectures));
}

}  // namespace wrcor::cli
