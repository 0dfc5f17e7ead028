#include "report/report_page.h"

#include <algorithm>
#include <stdexcept>

#include "core/hash.h"
#include "internal/page_files.h"

namespace wrcor {
namespace {

/// Run in this order.
constexpr const char* scripts[] = {"chart.js",    "model.js", "dom.js",    "detail.js",
                                   "charts.js",   "zoom.js",  "matrix.js", "ranking.js",
                                   "searches.js", "page.js"};

std::string_view page_file(std::string_view name) {
  for (const BuiltInFile& file : page_files()) {
    if (file.name == name) return file.content;
  }
  throw std::logic_error("the page has no file " + std::string(name));
}

/// As text, or as the value of an attribute.
std::string html_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// JSON in which nothing can end a <script> element.
std::string script_safe(const nlohmann::ordered_json& json) {
  std::string result;
  for (const char c : json.dump()) {
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

/// @param text  content of a <script> element
std::string script_source(std::string_view text) {
  return "'sha256-" + Sha256().update(text).base64() + "'";
}

struct Filling {
  std::string_view place;  ///< in the page: {{place}}
  std::string text;
};

/// Inserted text is not searched again.
std::string filled(std::string_view page, const std::vector<Filling>& fillings) {
  std::string result;
  for (std::size_t open; (open = page.find("{{")) != page.npos;) {
    const std::size_t close = page.find("}}", open);
    const std::string_view place = page.substr(open + 2, close - open - 2);
    const auto found = std::find_if(fillings.begin(), fillings.end(),
                                    [&](const Filling& filling) { return filling.place == place; });
    if (found == fillings.end())
      throw std::logic_error("nothing to fill in for " + std::string(place));
    result += page.substr(0, open);
    result += found->text;
    page.remove_prefix(close + 2);
  }
  return result += page;
}

}  // namespace

std::string report_page(const ReportContent& content, const SearchSpace& space) {
  std::string policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src";
  std::string script_elements;
  for (const char* name : scripts) {
    const std::string text = "\n" + std::string(page_file(name));
    policy += " " + script_source(text);
    script_elements += "<script>" + text + "</script>\n";
  }
  return filled(page_file("page.html"), {{"policy", policy},
                                         {"title", html_escaped(content.title)},
                                         {"style", std::string(page_file("page.css"))},
                                         {"data", script_safe(page_data(content, space))},
                                         {"licence", html_escaped(page_file("chart.js.licence"))},
                                         {"scripts", script_elements}});
}

}  // namespace wrcor
