# Chart.js (MIT), the charts of `wrcor report`, which are built into the program: Debian's libjs-chart.js, or the
# package `chart.js` of npm, version 3 or 4, installed below CMAKE_PREFIX_PATH. Sets
#   chart_js_script, chart_js_licence   the two files
# -DCHART_JS_SCRIPT=FILE and -DCHART_JS_LICENCE=FILE name others.

find_file(CHART_JS_SCRIPT NAMES chart.umd.js chart.min.js
          PATH_SUFFIXES share/javascript/chart.js node_modules/chart.js/dist lib/node_modules/chart.js/dist
          DOC "Chart.js in one minified file for browsers")
if(NOT CHART_JS_SCRIPT)
  message(FATAL_ERROR "Chart.js is not installed: install Debian's libjs-chart.js, or name chart.min.js by "
                      "-DCHART_JS_SCRIPT=FILE and its licence by -DCHART_JS_LICENCE=FILE")
endif()
file(STRINGS "${CHART_JS_SCRIPT}" chart_js_banner LIMIT_INPUT 400 REGEX "Chart\\.js v[34]\\.")
if(NOT chart_js_banner)
  message(FATAL_ERROR "expected Chart.js of version 3 or 4, found something else in ${CHART_JS_SCRIPT}")
endif()

get_filename_component(chart_js_folder "${CHART_JS_SCRIPT}" DIRECTORY)
find_file(CHART_JS_LICENCE NAMES LICENSE.md copyright
          PATHS "${chart_js_folder}/.." "${chart_js_folder}/../../doc/libjs-chart.js" NO_DEFAULT_PATH
          DOC "The licence of Chart.js, which goes where its code goes")
if(NOT CHART_JS_LICENCE)
  message(FATAL_ERROR "no licence beside ${CHART_JS_SCRIPT}: name the file by -DCHART_JS_LICENCE=FILE")
endif()

# The same names, whatever the package calls the files.
set(chart_js_script "${CMAKE_CURRENT_BINARY_DIR}/page/chart.js")
set(chart_js_licence "${CMAKE_CURRENT_BINARY_DIR}/page/chart.js.licence")
configure_file("${CHART_JS_SCRIPT}" "${chart_js_script}" COPYONLY)
configure_file("${CHART_JS_LICENCE}" "${chart_js_licence}" COPYONLY)
