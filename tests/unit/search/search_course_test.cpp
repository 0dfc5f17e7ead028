#include "search/search_course.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const RankingRule by_params = RankingRule::parse("+params");

MemberScores scores_of_convolutions(const ProposedClass& of) {
  return {static_cast<double>(
      std::count(of.representative.begin(), of.representative.end(), NasBench201::nor_conv_3x3))};
}

SearchSpec spec_of(std::int64_t budget, std::int64_t window) {
  SearchSpec spec;
  spec.budget = budget;
  spec.window = window;
  spec.seed = 7;
  return spec;
}

/// The classes by number, when every evaluation arrives as soon as it is needed, or all that are
/// awaited arrive in reverse order.
std::vector<std::string> classes_met(SearchCourse& course, bool in_reverse) {
  std::vector<const ProposedClass*> awaited;
  for (CourseStep step = course.step(); step != CourseStep::ended; step = course.step()) {
    if (step == CourseStep::met) awaited.push_back(&course.newest());
    if (step != CourseStep::blocked) continue;
    if (in_reverse) {
      while (!awaited.empty()) {
        course.settle(*awaited.back(), scores_of_convolutions(*awaited.back()));
        awaited.pop_back();
      }
    } else {
      course.settle(course.oldest(), scores_of_convolutions(course.oldest()));
    }
  }
  std::vector<std::string> archs;
  for (const ProposedClass& of : course.classes()) archs.push_back(of.arch);
  return archs;
}

}  // namespace

TEST_CASE("a course does not depend on the order in which evaluations arrive", "[search][course]") {
  const NasBench201 space;
  for (const std::int64_t window : {1, 2, 16}) {
    const SearchSpec spec = spec_of(300, window);
    SearchCourse one(spec, space, by_params), other(spec, space, by_params);
    CHECK(classes_met(one, false) == classes_met(other, true));
    CHECK(one.counts().asked == 300);
    CHECK(one.ended_by() == EndedBy::budget);
    CHECK(one.counts().distinct == static_cast<std::int64_t>(one.met()));
    CHECK(one.met() < 300);
  }
}

TEST_CASE("a course numbers its classes in the order of their first proposals",
          "[search][course]") {
  const NasBench201 space;
  SearchCourse course(spec_of(200, 4), space, by_params);
  classes_met(course, false);
  std::int64_t last = -1;
  for (std::size_t number = 0; number < course.met(); ++number) {
    const ProposedClass& of = course.classes()[number];
    CHECK(of.number == number);
    CHECK(of.first_seen > last);
    CHECK(space.representative(of.representative, Dedupe::strict) == of.representative);
    last = of.first_seen;
  }
}

TEST_CASE("a course waits for the oldest proposal once its window is full", "[search][course]") {
  const NasBench201 space;
  SearchCourse course(spec_of(100, 3), space, by_params);
  std::size_t met = 0;
  CourseStep step = course.step();
  for (; step != CourseStep::blocked; step = course.step()) met += step == CourseStep::met ? 1 : 0;
  CHECK(course.counts().asked == 3);
  CHECK(met == course.met());
  CHECK(course.oldest().number == 0);
  CHECK(course.told() == 0);
  CHECK(course.step() == CourseStep::blocked);
  course.settle(course.oldest(), scores_of_convolutions(course.oldest()));
  CHECK(course.step() == CourseStep::told);
  CHECK(course.told() == 1);
}

TEST_CASE("the leader and the best of a course are those of its ranking rule", "[search][course]") {
  const NasBench201 space;
  SearchCourse course(spec_of(200, 4), space, by_params);
  CHECK(course.leader() == nullptr);
  classes_met(course, false);
  const auto best = course.best();
  REQUIRE(!best.empty());
  double most = 0;
  for (const ProposedClass& of : course.classes())
    most = std::max(most, *scores_of_convolutions(of)[0]);
  CHECK(course.leader() == best.front());
  for (const ProposedClass* of : best) CHECK(*scores_of_convolutions(*of)[0] == most);

  SearchCourse vote(spec_of(20, 4), space, RankingRule::parse("borda(+params,+flops)"));
  for (CourseStep step = vote.step(); step != CourseStep::ended; step = vote.step()) {
    if (step != CourseStep::met) continue;
    const double score = *scores_of_convolutions(vote.newest())[0];
    vote.settle(vote.newest(), {score, score});
  }
  CHECK(vote.leader() == nullptr);
  CHECK(!vote.best().empty());
}

TEST_CASE("a course that takes its newest proposal back asks for no more", "[search][course]") {
  const NasBench201 space;
  SearchCourse course(spec_of(100, 2), space, by_params);
  while (course.step() != CourseStep::met || course.met() < 5) {
    if (!course.asks_no_more() && course.met() > 0)
      course.settle(course.classes().back(), scores_of_convolutions(course.classes().back()));
  }
  course.withdraw_newest(EndedBy::max_seconds);
  CHECK(course.met() == 4);
  CHECK(course.asks_no_more());
  while (course.step() == CourseStep::told) {
  }
  CHECK(course.step() == CourseStep::ended);
  CHECK(course.ended_by() == EndedBy::max_seconds);
  CHECK(course.told() == course.counts().asked);
}

TEST_CASE("a course forgets what it did not tell, its rejected draws included",
          "[search][course]") {
  const NasBench201 space;
  SearchSpec spec = spec_of(100, 8);
  spec.strategy = "random";
  spec.limits.max_params = 400'000;
  const auto advance = [](SearchCourse& course, std::int64_t told) {
    while (course.told() < told) {
      if (course.step() == CourseStep::blocked)
        course.settle(course.oldest(), scores_of_convolutions(course.oldest()));
    }
  };
  SearchCourse cut(spec, space, by_params);
  advance(cut, 20);
  while (cut.step() != CourseStep::blocked) {
  }
  cut.withdraw_untold(EndedBy::max_seconds);
  CHECK(cut.step() == CourseStep::ended);
  CHECK(cut.counts().asked == 20);
  CHECK(cut.met() == cut.standings().size());

  // As if it had asked for one more and taken that back.
  spec.window = 1;
  SearchCourse whole(spec, space, by_params);
  advance(whole, 20);
  CourseStep step = whole.step();
  CHECK((step == CourseStep::met || step == CourseStep::repeated));
  CHECK(cut.counts().infeasible == whole.counts().infeasible);
  CHECK(cut.counts().infeasible > 0);
}

TEST_CASE("a course without any feasible architecture says so", "[search][course]") {
  const NasBench201 space;
  SearchSpec spec = spec_of(100, 2);
  spec.limits.max_params = 1;
  SearchCourse course(spec, space, by_params);
  CHECK_THROWS_AS(course.step(), NoFeasibleError);
}

TEST_CASE("a course that proposes all there is ends exhausted", "[search][course]") {
  const NasBench201 space;
  SearchSpec spec;
  spec.strategy = "exhaustive";
  SearchCourse course(spec, space, by_params);
  CHECK(course.most_proposals() == 5260);
  classes_met(course, false);
  CHECK(course.ended_by() == EndedBy::exhausted);
  CHECK(course.counts().distinct == 5260);
}
