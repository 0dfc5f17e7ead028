#include "../src/data/pickle.h"

#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using Kind = PickleValue::Kind;
using test::ContainsSubstring;
using namespace std::string_literals;

std::string problem_of(const std::string& program) {
  try {
    const Pickle pickle(program);
    return "none";
  } catch (const PickleError& error) {
    return error.what();
  }
}

TEST_CASE("a pickle is read as data", "[data][pickle]") {
  // pickle.dumps({"a": (1, -2, 300, 2**40, True, None)}, 2)
  const Pickle pickle(
      "\x80\x02}q\x00X\x01\x00\x00\x00"
      "aq\x01(K\x01J\xfe\xff\xff\xffM,\x01"
      "\x8a\x06\x00\x00\x00\x00\x00\x01\x88Ntq\x02s."s);
  REQUIRE(pickle.root().kind == Kind::dictionary);
  REQUIRE(pickle.root().items.size() == 2);
  CHECK(pickle.root().items[0]->text == "a");
  const auto& items = pickle.root().items[1]->items;
  REQUIRE(items.size() == 6);
  CHECK(items[0]->integer == 1);
  CHECK(items[1]->integer == -2);
  CHECK(items[2]->integer == 300);
  CHECK(items[3]->integer == std::int64_t{1} << 40);
  CHECK(items[4]->kind == Kind::boolean);
  CHECK(items[5]->kind == Kind::none);
}

TEST_CASE("what a pickle would call is kept, not run", "[data][pickle]") {
  const Pickle pickle(
      "\x80\x02"
      "cos\nsystem\nX\x04\x00\x00\x00trueq\x00\x85R."s);
  REQUIRE(pickle.root().kind == Kind::call);
  CHECK(pickle.root().items[0]->text == "os.system");
  CHECK(pickle.root().items[1]->items[0]->text == "true");
}

TEST_CASE("a list that holds itself is one", "[data][pickle]") {
  const Pickle pickle(
      "\x80\x02]q\x00h\x00"
      "a."s);
  CHECK(pickle.root().items[0] == &pickle.root());
}

TEST_CASE("broken pickles are refused", "[data][pickle]") {
  CHECK(problem_of("") == "a pickle that is cut short");
  CHECK(problem_of("\x80\x02}") == "a pickle that is cut short");
  CHECK(problem_of("X\xff\xff\xff\x7f"
                   "a.") == "a pickle that is cut short");
  CHECK(problem_of("cos\nsystem.") == "a pickle that is cut short");
  for (const std::string& program : {"."s, "R."s, "t."s, "(R."s, "a."s, "}a."s, "NNs."s, "h\x07."s,
                                     "q\x07."s, "(\x85."s, "](Nu."s, "NN\x93."s, "Q."s, "b."s}) {
    CAPTURE(program);
    CHECK_THAT(problem_of(program), ContainsSubstring("a broken pickle, at byte "));
  }
  CHECK(problem_of("\xfe.") == "an unknown instruction 0xfe at byte 0 of the pickle");
  CHECK(problem_of("\x8a\x09\0\0\0\0\0\0\0\0\x01."s) == "an integer of more than 64 bits");
}

TEST_CASE("a pickle cannot take more memory than its limits", "[data][pickle]") {
  CHECK(problem_of("Nr\xff\xff\xff\xff."s) == "none");  // a far place in the memo is one entry
  CHECK(problem_of(std::string(Pickle::most_values + 1, 'N') + ".") ==
        "a pickle of too many values");
  CHECK(problem_of(std::string(Pickle::longest + 1, '(')) == "a pickle of more than 16 MiB");
}

}  // namespace
}  // namespace wrcor
