#include "core/json.h"

#include "support/catch.h"

namespace wrcor {
namespace {

std::string problem_of(const std::string& text) {
  try {
    parse_json(text);
    return "none";
  } catch (const JsonError& error) {
    return error.what();
  }
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

TEST_CASE("JSON is read as nlohmann reads it", "[core][json]") {
  const std::string text = R"({"b":[1,-2.5,null,true,"\u00e4"],"a":{"b":1}})";
  CHECK(parse_json(text) == nlohmann::ordered_json::parse(text));
  CHECK(parse_json(nested(deepest_json)).is_array());
}

TEST_CASE("JSON that other readers take for something else is refused", "[core][json]") {
  CHECK(problem_of(R"({"a":1,"b":2,"a":3})") == "the key 'a' twice in one object");
  CHECK(problem_of(R"([{"a":1},{"a":{"a":2}}])") == "none");
  CHECK(problem_of(R"({"a":1e400})") == "a number that is too large");
  CHECK(problem_of(R"({"a":NaN})") == "no JSON from byte 6 on");
  CHECK(problem_of(R"([Infinity])") == "no JSON from byte 2 on");
  CHECK(problem_of("") == "no JSON from byte 1 on");
  CHECK(problem_of("{} {}") == "no JSON from byte 4 on");
  CHECK(problem_of("[\"\xff\"]") == "no JSON from byte 3 on");
}

TEST_CASE("JSON nested without end is refused before it fills the stack", "[core][json]") {
  CHECK(problem_of(nested(deepest_json + 1)) == "nested deeper than 64 levels");
  CHECK(problem_of(nested(10'000)) == "nested deeper than 64 levels");
  CHECK(problem_of(std::string(1'000'000, '[')) == "nested deeper than 64 levels");
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
  CHECK(problem_of(objects) == "nested deeper than 64 levels");
}

TEST_CASE("what the library says of a value is told without its number", "[core][json]") {
  try {
    nlohmann::json::object().at("cases");
    FAIL("an empty object has a member");
  } catch (const nlohmann::json::exception& failure) {
    CHECK(reason_of(failure) == "key 'cases' not found");
  }
}

}  // namespace
TEST_CASE("a zero byte is not the end of a JSON text", "[core]") {
  using namespace std::string_view_literals;
  CHECK_THROWS_AS(parse_json("{}\0"sv), JsonError);
  CHECK_THROWS_AS(parse_json("{\"a\": 1}\0\0{"sv), JsonError);
}

}  // namespace wrcor
