#pragma once

#include <functional>
#include <optional>

#include "record/search_result.h"
#include "search/search_course.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// Gives the evaluation of a class; nothing if it does not belong to the result.
using EvaluationOf = std::function<std::optional<PackedEvaluation>(const ProposedClass&)>;

/// The findings of a course that has ended: ranking, counts and the reason for the end. Conditions,
/// settings and timing are left to the caller.
/// @param evaluation_of  called once for each class, in the order of their numbers
SearchResult result_of(const SearchCourse& course, const RunSpec& spec,
                       const EvaluationOf& evaluation_of);

}  // namespace wrcor
