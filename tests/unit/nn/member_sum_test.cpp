#include "nn/member_sum.h"

#include "support/catch.h"

using namespace wrcor;

namespace {

/// Two sources: one of three members 0, 1, 2, and one of two members 10, 11.
at::Tensor source(std::size_t number) {
  return number == 0 ? at::tensor({0.0F, 1.0F, 2.0F}).view({1, 3, 1})
                     : at::tensor({10.0F, 11.0F}).view({1, 2, 1});
}

std::vector<float> summed(const MemberSum::Parts& parts) {
  IndexPool pool;
  const MemberSum sum(
      parts, [](std::size_t number) { return number == 0 ? 3 : 2; }, pool);
  pool.upload(at::kCPU);
  const at::Tensor result = sum.compute(source).contiguous();
  return {result.data_ptr<float>(), result.data_ptr<float>() + result.numel()};
}

}  // namespace

TEST_CASE("members of a sum come from several sources, in any order", "[nn][batch]") {
  CHECK((summed({{{0, 0}}, {{0, 1}}, {{0, 2}}}) == std::vector<float>{0, 1, 2}));
  CHECK((summed({{{0, 2}}, {{0, 0}}}) == std::vector<float>{2, 0}));
  CHECK((summed({{{1, 1}}, {{0, 2}}, {{1, 0}}}) == std::vector<float>{11, 2, 10}));
}

TEST_CASE("members of a sum have different numbers of terms", "[nn][batch]") {
  CHECK((summed({{{0, 1}, {1, 0}}, {{0, 2}}, {{1, 1}, {0, 1}, {0, 1}}}) ==
         std::vector<float>{11, 2, 13}));
  CHECK((summed({{{0, 0}, {0, 0}}, {{0, 1}, {0, 1}}, {{0, 2}, {0, 2}}}) ==
         std::vector<float>{0, 2, 4}));
}

TEST_CASE("a sum of one source that changes nothing is the source", "[nn][batch]") {
  IndexPool pool;
  const MemberSum sum(
      {{{1, 0}}, {{1, 1}}}, [](std::size_t) { return 2; }, pool);
  pool.upload(at::kCPU);
  const at::Tensor its = source(1);
  CHECK(sum.compute([&](std::size_t) { return its; }).is_same(its));
}
