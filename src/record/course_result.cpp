#include "record/course_result.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "wrcor/score/ranking.h"

namespace wrcor {

SearchResult result_of(const SearchCourse& course, const RunSpec& spec,
                       const EvaluationOf& evaluation_of) {
  const ConstrainedSpace& space = course.space();
  SearchResult result;
  result.counts = course.counts();
  result.counts.distinct = 0;
  result.ranking.reserve(course.classes().size());
  for (const ProposedClass& of : course.classes()) {
    std::optional<PackedEvaluation> evaluation = evaluation_of(of);
    if (!evaluation) continue;
    ++result.counts.distinct;
    count_status(result.counts, evaluation->unpacked().status);
    const Genotype canonical = space.representative(of.representative, Dedupe::strict);
    result.ranking.push_back(
        {of.arch, space.format(canonical), *std::move(evaluation), of.first_seen});
    result.ranking.back().costs = of.costs;
  }
  result.rule = spec.rule;
  result.minimize = spec.search.minimize;
  rank(result.ranking, result.rule);
  if (result.counts.without_cost > 0) {
    spdlog::warn("{} of the draws that were infeasible have no cost in '{}'",
                 result.counts.without_cost, spec.search.limits.table->file);
  }
  result.ended_by = course.ended_by();
  return result;
}

}  // namespace wrcor
