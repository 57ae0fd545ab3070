// vethwork new: a small topology file to begin with.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <vethwork/base/text.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

struct Kind {
    std::string_view name, summary, text;
};

constexpr std::array kinds{
    Kind{"two", "two hosts and a cable",
         R"(# Two hosts and a cable. Addresses are chosen; `vethwork show` prints them.
vethwork: 1
name: two

nodes:
  a: {}
  b: {}

links:
  - link: [a, b]                         # their interfaces are a's eth0 and b's eth0
    # impair: { delay: 20ms, loss: 1% }  # what the cable does to packets

tests:
  - { name: a reaches b, ping: { from: a, to: b } }
)"},
    Kind{"star", "hosts around a switch",
         R"(# Hosts around a switch: one segment, one subnet.
vethwork: 1
name: star
vars: { n: 4 }                           # vethwork up --var n=10

nodes:
  sw: { role: switch }
  pc: { count: $(n) }                    # pc1, pc2, …

links:
  - link: [sw, pc$(i)]                   # a cable for each
    for: { i: 1..$(n) }

tests:
  - { name: everybody reaches everybody, reach: all }
)"},
    Kind{"router", "two networks with a router between",
         R"(# Two networks with a router between. Routes are computed; `routing: connected` at the top
# leaves them to you, as what follows `ip route add`: routes: [default via 10.1.0.1].
vethwork: 1
name: router

nodes:
  left:  {}
  r:     { role: router }                # routers forward, and have the first address of a subnet
  right: {}

links:
  - { name: west, link: [left, r],  subnet: 10.1.0.0/24 }
  - { name: east, link: [r, right], subnet: 10.2.0.0/24 }

tests:
  - { name: left reaches right, ping: { from: left, to: right } }
)"},
    Kind{"nat", "a private network behind a router that masquerades",
         R"(# A private network behind a router that masquerades, and a server outside.
vethwork: 1
name: nat
addressing: { v6: off }

nodes:
  pc: { count: 2 }                       # pc1, pc2
  home:
    role: router
    nat: [{ masquerade: wan0 }]          # what leaves by wan0 has wan0's address
  web: {}

links:
  - name: lan
    lan: [pc*, "home:lan0"]
    subnet: 192.168.1.0/24
    private: v4                          # not announced to others
  - name: wan
    link: ["home:wan0", web]
    subnet: 203.0.113.0/24

tests:
  - { name: pc1 reaches the server, ping: { from: pc1, to: web } }
  - { name: the network is hidden, ping: { from: web, to: 192.168.1.1, expect: no-reply } }
)"},
};

Kind const* find_kind(std::string_view name) {
    for (auto const& kind : kinds)
        if (kind.name == name) return &kind;
    return nullptr;
}

Error unknown_kind(std::string_view name) {
    std::array<std::string_view, kinds.size()> names;
    for (std::size_t i = 0; i < kinds.size(); ++i) names[i] = kinds[i].name;
    auto hint = topology::did_you_mean(name, {names.begin(), names.end()});
    return usage_error(
        fmt::format("there is no kind \"{}\"", name),
        hint.empty() ? "one of " + topology::enumerate({names.begin(), names.end()}, "or") : hint);
}

/// Never over a file that is there.
Result<> write_new(std::string const& path, std::string_view text) {
    Fd const fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (fd.get() < 0)
        return system_error("make \"" + path + "\"", errno == EEXIST ? "name another file with -o FILE" : "");
    while (!text.empty()) {
        auto const count = ::write(fd.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error("write \"" + path + "\"");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

int list_kinds() {
    for (auto const& kind : kinds) fmt::print("{:<8} {}\n", kind.name, kind.summary);
    return status::ok;
}

}  // namespace

int run_new(Invocation const& invocation) {
    OptionSet app("Writes a small topology file, with comments, to begin with.", "vethwork new");
    std::string name = "two", path, folder;
    bool list = false, print = false, quiet = false;
    app.add_option("KIND", name, "two (which is meant without one), star, router or nat");
    app.add_option("-o,--output", path, "the file (KIND.vethwork.yaml)");
    app.add_option("-C", folder, "write it into this folder");
    app.add_flag("--list", list, "list the kinds");
    app.add_flag("--print", print, "print it instead");
    app.add_flag("-q,--quiet", quiet, "say only what went wrong");
    if (auto const ended = parse_words(app, invocation, "new")) return *ended;
    if (list) return list_kinds();
    auto const* const kind = find_kind(name);
    if (!kind) return complain_of_lab("new", unknown_kind(name));
    if (print) return fmt::print("{}", kind->text), status::ok;
    if (path.empty()) path = name + ".vethwork.yaml";
    if (!folder.empty() && !path.starts_with('/')) path = folder + "/" + path;
    if (auto const written = write_new(path, kind->text); !written)
        return complain_of_lab("new", written.error());
    if (!quiet)
        fmt::print(stderr, "{}: {}. Try:  vethwork show {} · vethwork up {}\n", path, kind->summary, path,
                   path);
    return status::ok;
}

}  // namespace vethwork::app
