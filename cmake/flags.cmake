# What every target of the project is compiled with: one interface target, nothing global.
add_library(vethwork_flags INTERFACE)
target_compile_features(vethwork_flags INTERFACE cxx_std_20)
target_include_directories(vethwork_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(
  vethwork_flags
  INTERFACE -Wall
            -Wextra
            -Wshadow
            -Wconversion
            -Wno-sign-conversion
            -Wno-missing-field-initializers
            -Werror
            -fno-strict-aliasing)

# VETHWORK_SANITIZE: a list for -fsanitize=, "address,undefined" or "thread".
set(VETHWORK_SANITIZE "" CACHE STRING "Sanitizers for every target")
if(VETHWORK_SANITIZE)
  target_compile_options(vethwork_flags INTERFACE -fsanitize=${VETHWORK_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(vethwork_flags INTERFACE -fsanitize=${VETHWORK_SANITIZE})
else()
  target_link_options(vethwork_flags INTERFACE -static-libstdc++ -static-libgcc -Wl,--as-needed)
endif()

# A program that lies where it was linked for starts without its relocations: thousands of them, and millions
# under UBSan (a quarter of a second each start). ThreadSanitizer wants it movable.
if(NOT VETHWORK_SANITIZE MATCHES thread)
  set(fixed $<CONFIG:Release>)
  if(VETHWORK_SANITIZE)
    set(fixed 1)
  endif()
  target_compile_options(vethwork_flags INTERFACE $<${fixed}:-fno-pie>)
  target_link_options(vethwork_flags INTERFACE $<${fixed}:-no-pie>)
endif()

# Coverage for libFuzzer in every target; the programs themselves add -fsanitize=fuzzer (fuzz/CMakeLists.txt).
if(VETHWORK_FUZZ)
  target_compile_options(vethwork_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(vethwork_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
