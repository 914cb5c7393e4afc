#include "serve/person.h"

namespace lockstep::serve {

std::string shown(const Person& person) {
  return person.name + " (" + (person.via == Person::Via::Session ? "page" : "token") + (person.peer.empty() ? "" : ", " + person.peer) +
         ")";
}

}  // namespace lockstep::serve
