#include "run/explanation.h"
#include "eval/evaluator.h"

#include <algorithm>

#include "run/interrupt.h"
#include "wrcor/core/random.h"
#include "wrcor/run/score_run.h"
#include "wrcor/run/workbench.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

/// With the first draw of weights.
std::vector<Evaluation> evaluate_all(const Workbench& bench,
                                     const std::vector<Genotype>& architectures,
                                     const ProgressSink& progress) {
  std::vector<Evaluation> evaluations;
  score_architectures(
      bench, architectures, /*repeats=*/1,
      [&](const std::string&, const Evaluation& evaluation) { evaluations.push_back(evaluation); },
      progress);
  return evaluations;
}

/// On the minibatch of the workbench and on others, with one draw of weights.
std::vector<Evaluation> on_minibatches(const RunSpec& spec, const Workbench& bench,
                                       const Genotype& genotype) {
  std::vector<Evaluation> evaluations{bench.evaluator->evaluate(genotype, /*repeats=*/1)};
  const InterruptGuard guard;
  for (int number = 1; number < spec.config.score.repeats; ++number) {
    const auto evaluator = evaluator_on_other_minibatch(spec, bench, number);
    evaluations.push_back(evaluator->evaluate(genotype, /*repeats=*/1));
    if (const int signal = InterruptGuard::signal(); signal != 0)
      throw Interrupted(signal, "interrupted");
  }
  return evaluations;
}

/// Of one proxy; empty if one of them is undefined.
std::vector<double> all_scores(const std::vector<Evaluation>& evaluations, std::size_t proxy) {
  std::vector<double> values;
  for (const Evaluation& evaluation : evaluations) {
    const Score& score = evaluation.scores[proxy].second;
    if (!score.value) return {};
    values.push_back(*score.value);
  }
  return values;
}

/// The decision in which two genotypes differ.
std::size_t changed_decision(const Genotype& a, const Genotype& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
}

std::vector<Explanation::Change> changes_of(const SearchSpace& space, const Genotype& genotype,
                                            const Evaluation& own,
                                            const std::vector<Genotype>& neighbours,
                                            std::span<const Evaluation> evaluations) {
  std::vector<Explanation::Change> changes;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    const std::size_t place = changed_decision(genotype, neighbours[i]);
    const Decision& decision = space.decisions()[place];
    const auto label = [&](const Genotype& of) {
      return decision.values[static_cast<std::size_t>(of[place])];
    };
    Explanation::Change& change = changes.emplace_back(
        Explanation::Change{decision.name, label(genotype), label(neighbours[i]), {}});
    for (std::size_t p = 0; p < own.scores.size(); ++p) {
      const std::optional<double>& before = own.scores[p].second.value;
      const std::optional<double>& after = evaluations[i].scores[p].second.value;
      change.differences.push_back(before && after ? std::optional(*after - *before)
                                                   : std::nullopt);
    }
  }
  return changes;
}

/// Compares a score with those of random cells.
void compare(Explanation::ProxyExplanation& facts, const Score& own, std::size_t proxy,
             std::span<const Evaluation> random_cells) {
  const std::optional<double> mine = own.order();
  for (const Evaluation& evaluation : random_cells) {
    const Score& score = evaluation.scores[proxy].second;
    const std::optional<double> other = score.order();
    if (score.value) facts.random_cells.push_back(*score.value);
    if (mine && (!other || (facts.higher_is_better ? *mine > *other : *mine < *other)))
      ++facts.outscored;
  }
}

}  // namespace

Explanation explain(const RunSpec& spec, const std::string& arch, std::size_t random_cells,
                    const ProgressSink& progress, const DownloadSink& download) {
  const Workbench bench = make_workbench(spec, download);
  const Genotype genotype = bench.space->parse(arch);

  Explanation explanation;
  explanation.arch = bench.space->format(genotype);
  explanation.evaluation = bench.evaluator->evaluate(genotype);
  if (explanation.evaluation.status == Status::failed)
    throw RunError("cannot evaluate " + arch + ": " + explanation.evaluation.reason);
  explanation.parts = bench.evaluator->response_parts(genotype);
  explanation.drawn = random_cells;

  const std::vector<Evaluation> minibatches =
      spec.config.data.batch_file.empty()
          ? on_minibatches(spec, bench, genotype)
          : std::vector{bench.evaluator->evaluate(genotype, /*repeats=*/1)};
  const Evaluation& own = minibatches.front();
  std::vector<Genotype> others;
  Rng rng(derive_seed(spec.config.run.seed, {"explain"}));
  for (std::size_t i = 0; i < random_cells; ++i) others.push_back(bench.space->sample(rng));
  const std::vector<Genotype> neighbours = bench.space->neighbours(genotype);
  others.insert(others.end(), neighbours.begin(), neighbours.end());
  const std::vector<Evaluation> evaluations = evaluate_all(bench, others, progress);
  const std::span<const Evaluation> all(evaluations);

  for (std::size_t p = 0; p < own.scores.size(); ++p) {
    const auto& [name, score] = explanation.evaluation.scores[p];
    Explanation::ProxyExplanation& facts = explanation.proxies.emplace_back();
    facts.proxy = name;
    facts.higher_is_better = proxies().find(name).value.better == Direction::higher;
    facts.weights = score.repeats;
    if (minibatches.size() > 1) facts.minibatches = all_scores(minibatches, p);
    compare(facts, own.scores[p].second, p, all.first(random_cells));
  }
  explanation.changes =
      changes_of(*bench.space, genotype, own, neighbours, all.subspan(random_cells));
  return explanation;
}

}  // namespace wrcor
