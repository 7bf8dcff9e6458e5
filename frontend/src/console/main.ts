// The console's comforts. Every page works without them.
import { board } from "./board";
import { forms } from "./forms";
import { keys } from "./keys";
import { live } from "./live";
import { palette } from "./palette";
import { sure } from "./sure";
import { toast } from "./toast";

document.documentElement.classList.add("scripted");
const menu = document.querySelector<HTMLDetailsElement>("details.menu");
if (menu && matchMedia("(max-width: 48rem)").matches) menu.open = false;
forms();
palette();
keys();
live();
board();
sure();
toast();
