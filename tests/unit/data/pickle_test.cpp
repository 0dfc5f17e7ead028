#include "data/pickle.h"

#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using Kind = PickleValue::Kind;
using namespace std::literals;

std::string problem_of(const std::string& program) {
  try {
    const Pickle pickle{std::string_view(program)};
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
      "\x8a\x06\x00\x00\x00\x00\x00\x01\x88Ntq\x02s."sv);
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

TEST_CASE("long texts and bytes of protocols 4 and 5 lie in the program", "[data][pickle]") {
  const std::string long_text(300, 'x');
  const std::string size("\x2c\x01\0\0\0\0\0\0", 8);
  const std::string program = "\x80\x05(\x8d" + size + long_text + "\x8e" + size + long_text +
                              "\x96" + size + long_text + "t.";
  const Pickle pickle{std::string_view(program)};
  const auto& items = pickle.root().items;
  REQUIRE(items.size() == 3);
  CHECK(items[0]->kind == Kind::text);
  CHECK(items[1]->kind == Kind::bytes);
  CHECK(items[2]->kind == Kind::bytes);
  for (const PickleValue* item : items) {
    CHECK(item->text == long_text);
    CHECK(item->text.data() == program.data() + item->place + 9);
  }
}

TEST_CASE("each value knows the byte that it was made at", "[data][pickle]") {
  const Pickle pickle("\x80\x02(K\x01]N\x86t."sv);
  std::vector<std::size_t> places;
  for (const PickleValue& value : pickle.values()) places.push_back(value.place);
  CHECK(places == std::vector<std::size_t>{3, 5, 6, 7, 8});
  CHECK(pickle.root().place == 8);
}

TEST_CASE("what a pickle would call is kept, not run", "[data][pickle]") {
  const Pickle pickle(
      "\x80\x02"
      "cos\nsystem\nX\x04\x00\x00\x00trueq\x00\x85RK\x07"
      "b."sv);
  const PickleValue& call = pickle.root();
  REQUIRE(call.kind == Kind::call);
  REQUIRE(call.items.size() == 3);
  CHECK(call.items[0]->is_name("os", "system"));
  CHECK(description_of(call) == "a call of 'os.system'");
  CHECK(call.items[1]->items[0]->text == "true");
  CHECK(call.items[2]->integer == 7);
}

TEST_CASE("a name of protocol 4 is that of two texts", "[data][pickle]") {
  const Pickle pickle("\x80\x04\x8c\x02os\x8c\x06system\x93."sv);
  CHECK(pickle.root().is_name("os", "system"));
  CHECK(description_of(pickle.root()) == "'os.system'");
}

TEST_CASE("a list that holds itself is one", "[data][pickle]") {
  const Pickle pickle(
      "\x80\x02]q\x00h\x00"
      "a."sv);
  CHECK(pickle.root().items[0] == &pickle.root());
}

TEST_CASE("broken pickles are refused with the place, what was found and expected",
          "[data][pickle]") {
  struct Case {
    std::string program;  ///< after the protocol's two bytes
    std::string problem;
  };
  const std::vector<Case> cases{
      {"", "the end of the file, 0 bytes on at byte 2, expected 1 more byte"},
      {"}", "the end of the file, 0 bytes on at byte 3, expected 1 more byte"},
      {"X\xff\xff\xff\x7f"
       "a.",
       "the end of the file, 2 bytes on at byte 2, expected 2147483647 more bytes"},
      {"cos\nsystem.", "no end of a name at byte 2, expected a line feed"},
      {".", "an empty stack at byte 2, expected a value on it"},
      {"R.", "a stack of 0 at byte 2, expected 2 values on it"},
      {"(R.", "a stack of 0 at byte 3, expected 2 values on it"},
      {"N(\x85.", "a stack of 0 at byte 4, expected 1 values on it"},
      {"t.", "no mark on the stack at byte 2, expected one"},
      {"Na.", "an empty stack at byte 3, expected a value on it"},
      {"}Na.", "a dictionary at byte 4, expected a list"},
      {"]NNs.", "a list at byte 5, expected a dictionary"},
      {"}(Nu.", "a key without a value at byte 5, expected pairs"},
      {"h\x07.", "no value number 7 at byte 2, expected one made before"},
      {"q\x07.", "an empty stack at byte 2, expected a value on it"},
      {"NN\x93.", "None at byte 4, expected a text that is a name"},
      {"Q.", "a stack of 0 at byte 2, expected 1 values on it"},
      {"b.", "an empty stack at byte 2, expected a value on it"},
      {"]Nb.", "a state for a list at byte 4, expected an object"},
      {"\xfe.", "the opcode 0xfe at byte 2, expected one of plain data"},
      {"\x8a\x09\0\0\0\0\0\0\0\0\x01."s, "an integer of 9 bytes at byte 2, expected at most 8"},
      {"N.N", "1 more byte at byte 4, expected the end of the pickle"}};
  for (const auto& [program, problem] : cases) {
    CAPTURE(program);
    CHECK(problem_of("\x80\x02" + program) == "found " + problem);
  }
  CHECK(problem_of("") == "found an empty file at byte 0, expected a pickle");
  CHECK(problem_of("N.") ==
        "found no pickle of protocol 2 to 5 at byte 0, expected the byte 0x80 that starts one");
  CHECK(problem_of("\x80\x01N.") == "found protocol 1 at byte 0, expected 2 to 5");
}

TEST_CASE("a pickle cannot take more memory than its limits", "[data][pickle]") {
  CHECK(problem_of("\x80\x02Nr\xff\xff\xff\xff."s) == "none");  // one entry, at any number
  const auto program = [](std::size_t instructions) {
    return "\x80\x02" + std::string(instructions - 1, 'N') + ".";  // the protocol is one more
  };
  CHECK(problem_of(program(Pickle::most_instructions)) == "none");
  CHECK(problem_of(program(Pickle::most_instructions + 1)) ==
        "found instruction 2000001 at byte 2000001, expected at most 2000000");
}

TEST_CASE("a long text that many names share is not copied", "[data][pickle]") {
  const std::string text = "\x80\x04X" + "\x40\x42\x0f\0"s + std::string(1'000'000, 'x') + "q\0"s;
  std::string program = text;
  for (int k = 0; k < 200'000; ++k) program += "h\0h\0\x93"s;  // 400 GB if they were copied
  CHECK(problem_of(program + ".") == "none");
}

}  // namespace
}  // namespace wrcor
