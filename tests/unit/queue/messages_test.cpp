#include "queue/messages.h"

#include "support/catch.h"

using namespace wrcor;

namespace {

WorkResult some_result() {
  Evaluation evaluation;
  evaluation.scores = {{"wrcor", Score::of(1.25)}, {"acor", Score::degenerate("singular", 0)}};
  evaluation.costs = {12, 34};
  return {.run = "run",
          .item = "item",
          .entry = "12-3",
          .worker = "host:1:1",
          .platform = "{}",
          .evaluations = {evaluation}};
}

/// The text with a part replaced.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("items of work are read back, and identified by what is to be done", "[queue]") {
  const WorkItem item{.run = "run", .repeats = 3, .archs = {"a", "b"}};
  const WorkItem read = WorkItem::parse(item.text());
  CHECK(read.text() == item.text());
  CHECK(read.id() == item.id());
  WorkItem other = item;
  other.run = "another";
  CHECK(other.id() == item.id());
  other.repeats = 2;
  CHECK(other.id() != item.id());
}

TEST_CASE("evaluations are read back to the last bit", "[queue]") {
  const WorkResult result = some_result();
  CHECK(WorkResult::parse(result.text()).text() == result.text());
}

TEST_CASE("messages that are none are refused", "[queue]") {
  const std::string item = WorkItem{.run = "run", .repeats = 1, .archs = {"a"}}.text();
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), changed(item, "1", "0"),
        changed(item, "1", "1.5"), changed(item, "1", "99999999999"), changed(item, "\"a\"", ""),
        changed(item, "\"a\"", "7"), changed(item, "\"run\":\"run\"", "\"run\":\"\""),
        changed(item, "\"a\"", '"' + std::string(5000, 'a') + '"'), item + item}) {
    CAPTURE(text.substr(0, 100));
    CHECK_THROWS_AS(WorkItem::parse(text), MessageError);
  }
  const std::string result = some_result().text();
  for (const std::string& text :
       {changed(result, "12-3", "12"), changed(result, "12-3", "x-3"),
        changed(result, "1.25", "\"1.25\""), changed(result, "\"ok\"", "\"fine\""),
        changed(result, "12,", "12e999,")}) {
    CAPTURE(text);
    CHECK_THROWS_AS(WorkResult::parse(text), MessageError);
  }
}

TEST_CASE("offers of searches are read back, with shapes of images in their limits", "[queue]") {
  RunOffer offer{.run = "run",
                 .session = "1",
                 .coordinator = "host:1",
                 .config = {{"score", {{"repeats", 2}}}},
                 .data = {{"name", "synthetic"}, {"classes", 10}},
                 .images = {8, 3, 32, 32},
                 .sha256 = "0",
                 .platform = {{"device", "cpu"}}};
  CHECK(RunOffer::parse(offer.text()).text() == offer.text());
  CHECK_THROWS_AS(RunOffer::parse(changed(offer.text(), "\"protocol\":1", "\"protocol\":2")),
                  MessageError);
  const std::vector<std::vector<std::int64_t>> shapes{
      {8, 3, 32}, {8, 3, 0, 32}, {8, 3, 32, 70'000}};
  for (const auto& shape : shapes) {
    offer.images = shape;
    CHECK_THROWS_AS(RunOffer::parse(offer.text()), MessageError);
  }
}
